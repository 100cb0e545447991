// The probe against servers that answer well and badly, in the test's own network namespace.
#include "runner/http_probe.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "base/file.h"
#include "support/support.h"

namespace pith::runner {

namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

// A socket that listens on a free port of the loopback interface.
class Listener {
public:
    Listener() : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        EXPECT_EQ(::bind(m_socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
        EXPECT_EQ(::listen(m_socket.get(), 1), 0);
        ::getsockname(m_socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
    }
    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] Fd accept() const { return Fd(::accept4(m_socket.get(), nullptr, nullptr, SOCK_CLOEXEC)); }

private:
    Fd m_socket;
    int m_port = 0;
};

// Asks a server that reads the request and then does as told.
Result<HttpAnswer> ask(const std::function<void(int)>& answer, std::string* request = nullptr) {
    Listener listener;
    std::jthread server([&] {
        auto connection = listener.accept();
        char buffer[4096];
        auto got = ::recv(connection.get(), buffer, sizeof buffer, 0);
        if (request) request->assign(buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        answer(connection.get());
    });
    return http_get(::getpid(), listener.port(), "/status?x=1", 2s);
}

std::function<void(int)> says(std::string text) {
    return [text = std::move(text)](int fd) { (void)::send(fd, text.data(), text.size(), MSG_NOSIGNAL); };
}

class HttpProbe : public testing::Test {
protected:
    void SetUp() override { PITH_NEED(::geteuid() == 0, "root"); }
};

}  // namespace

TEST_F(HttpProbe, ReadsAnAnswer) {
    std::string request;
    auto answer = ask(says("HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\nno\r\n\r\nway"), &request);
    ASSERT_OK(answer);
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body, "no\r\n\r\nway");
    EXPECT_TRUE(request.starts_with("GET /status?x=1 HTTP/1.0\r\nHost: 127.0.0.1:")) << request;
    EXPECT_TRUE(request.ends_with("\r\n\r\n")) << request;
}

TEST_F(HttpProbe, BoundsAnEndlessAnswer) {
    auto answer = ask([](int fd) {
        std::string part = "HTTP/1.0 200 OK\r\n\r\n" + std::string(64 * KiB, 'x');
        while (::send(fd, part.data(), part.size(), MSG_NOSIGNAL) > 0) {
        }
    });
    ASSERT_OK(answer);
    EXPECT_EQ(answer->status, 200);
    EXPECT_LE(answer->body.size(), 256 * KiB);
}

TEST_F(HttpProbe, SaysWhatIsWrong) {
    struct Case {
        std::function<void(int)> server;
        std::string message;
    };
    const Case cases[] = {
        {says(""), "not HTTP"},
        {says("SSH-2.0-x\r\n"), "not HTTP: 'SSH-2.0-x'"},
        {says("HTTP/1.1 yes\r\n\r\n"), "not HTTP"},
        {says("HTTP/1.1 99999 x\r\n\r\n"), "not HTTP"},
        {says("HTTP/1.1 200 OK\r\nServer"), "ends inside its header"},
        {[](int fd) {
             char byte;
             while (::recv(fd, &byte, 1, 0) > 0) {
             }
         },
         "no answer within 2000 ms"},
    };
    for (const auto& c : cases) {
        auto answer = ask(c.server);
        ASSERT_FALSE(answer) << c.message;
        EXPECT_EQ(answer.error().code, ErrorCode::network);
        EXPECT_THAT(answer.error().text(), HasSubstr(c.message));
    }
}

TEST_F(HttpProbe, SaysWhereNobodyListens) {
    int port = Listener().port();
    EXPECT_THAT(http_get(::getpid(), port, "/", 2s).error().text(), HasSubstr("nobody listens"));
    EXPECT_THAT(http_get(0x3fffffff, port, "/", 2s).error().text(), HasSubstr("the service has ended"));
    for (std::string path : {"", "x", "/a b", "/a\r\nX: y"})
        EXPECT_EQ(http_get(::getpid(), port, path, 2s).error().code, ErrorCode::usage) << path;
}

}  // namespace pith::runner
