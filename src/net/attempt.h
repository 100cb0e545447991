// One try of one HTTP(S) request with libcurl: sets the transfer up, takes the answer in, and judges its end.
#pragma once

#include <memory>
#include <string>

#include "net/body.h"

namespace pith::net {

class Attempt {
public:
    // `body` is continued if it can be, else begun anew. All three must outlive the attempt.
    Attempt(const Request& request, const Options& options, Body& body);
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    ~Attempt();

    [[nodiscard]] void* handle() const;  // libcurl's easy handle

    struct Verdict {
        enum class Next { done, retry, give_up } next = Next::done;
        Error error{};                       // unless done
        std::chrono::milliseconds pause{0};  // the least before a retry, as the server asked
    };
    // How it ended, by libcurl's code. Where the server gave an answer, `response` is that.
    [[nodiscard]] Verdict judge(int code, Response& response);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace pith::net
