// The password of a private key, from the people or the scripts that run pith.
#pragma once

#include "base/result.h"
#include "trust/key.h"
#include "trust/secret.h"

namespace pith::cli {

enum class PasswordUse { open, make };  // to make a key it is asked for twice

// PITH_PASSWORD, else COSIGN_PASSWORD, either of which may be set and empty; else asked for on the terminal without
// showing it; else, where standard input is no terminal, its first line. Errors: usage where two answers differ or the
// answer was interrupted; io where there is no answer.
[[nodiscard]] Result<trust::Secret> ask_password(PasswordUse use);

// The private key in a file, whose password is asked for where it has one. Errors name the file.
[[nodiscard]] Result<trust::PrivateKey> read_key_file(const std::string& file);

}  // namespace pith::cli
