// Debian's docker-registry on a free port of loopback, for as long as the object lives. What it was asked is in its
// log.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "support/support.h"

namespace pith::test {

class RealRegistry {
public:
    // `more` goes into its configuration: "auth: …", or "  tls: …" below http.
    explicit RealRegistry(const std::filesystem::path& folder, std::string_view http = "", std::string_view more = "")
        : m_folder(folder), m_port(free_port()) {
        std::filesystem::create_directories(m_folder);
        spit(m_folder / "config.yml",
             fmt::format(
                 "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {}/data\n  delete:\n    enabled: true\n"
                 "http:\n  addr: 127.0.0.1:{}\n{}{}",
                 m_folder.string(), m_port, http, more));
        auto log = (m_folder / "log").string(), config = (m_folder / "config.yml").string();
        m_pid = ::fork();
        if (m_pid == 0) {
            if (!::freopen(log.c_str(), "a", stdout) || !::freopen(log.c_str(), "a", stderr)) ::_exit(126);
            ::execlp("docker-registry", "docker-registry", "serve", config.c_str(), nullptr);
            ::_exit(127);
        }
        for (int i = 0; i < 300 && !listens(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
        EXPECT_TRUE(listens()) << slurp(m_folder / "log");
    }
    ~RealRegistry() {
        ::kill(m_pid, SIGTERM);
        ::waitpid(m_pid, nullptr, 0);
    }
    RealRegistry(const RealRegistry&) = delete;
    RealRegistry& operator=(const RealRegistry&) = delete;

    [[nodiscard]] std::string host() const { return fmt::format("127.0.0.1:{}", m_port); }

    // How often it was asked so since the last call of forget(): "GET /v2/app/blobs/".
    [[nodiscard]] std::size_t count(std::string_view request) const {
        settle();
        std::size_t out = 0;
        auto log = slurp(m_folder / "log");
        for (auto line : split(std::string_view(log).substr(m_seen), '\n')) out += line.contains(request);
        return out;
    }
    void forget() {
        settle();
        m_seen = slurp(m_folder / "log").size();
    }

private:
    // Its log is written after the answer.
    static void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(300)); }
    static Fd socket_to(int port, bool connects) {
        Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        bool good =
            (connects ? ::connect(fd.get(), plain, sizeof address) : ::bind(fd.get(), plain, sizeof address)) == 0;
        return good ? std::move(fd) : Fd();
    }
    static int free_port() {
        auto fd = socket_to(0, false);
        sockaddr_in address{};
        socklen_t size = sizeof address;
        if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) std::abort();
        return ntohs(address.sin_port);
    }
    bool listens() const { return static_cast<bool>(socket_to(m_port, true)); }

    std::filesystem::path m_folder;
    int m_port;
    pid_t m_pid = -1;
    std::size_t m_seen = 0;
};

}  // namespace pith::test
