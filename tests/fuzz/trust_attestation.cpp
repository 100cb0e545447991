#include <cstdint>
#include <cstdlib>

#include "trust/dsse.h"
#include "trust/simple_signing.h"
#include "trust/statement.h"

using namespace pith::trust;

// What is signed: an envelope and the statement in it, a statement alone, or the payload of an older signature. What is
// read can be written, and is then read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto check_statement = [](std::string_view json) {
        auto statement = read_statement(json);
        auto written = statement ? write_statement(*statement) : pith::Result<std::string>();
        if (statement && (!written || write_statement(read_statement(*written).value()).value() != *written))
            std::abort();
    };
    if (auto envelope = read_envelope(text)) {
        auto written = write_envelope(*envelope);
        if (write_envelope(read_envelope(written).value()) != written) std::abort();
        check_statement(pith::as_text(envelope->payload));
    }
    check_statement(text);
    if (auto payload = read_simple_signing(text)) {
        auto written = write_simple_signing(*payload);
        if (write_simple_signing(read_simple_signing(written).value()) != written) std::abort();
    }
    return 0;
}
