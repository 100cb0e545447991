#include "support/loopback.h"

#include <arpa/inet.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"

namespace pith::test {

namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

HttpRequest parse_request(std::string_view head) {
    HttpRequest out;
    auto lines = split(head, '\n');
    auto first = words(lines[0]);
    if (first.size() >= 2) out.method = first[0], out.target = first[1];
    for (auto line : lines) {
        auto colon = line.find(':');
        if (colon != std::string_view::npos && line != lines[0])
            out.headers[lower(line.substr(0, colon))] = trim(line.substr(colon + 1));
    }
    return out;
}

std::string read_head(int fd) {
    std::string out;
    char buffer[4096];
    while (out.size() < 100'000 && !out.contains("\r\n\r\n")) {
        auto got = ::recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0) return {};
        out.append(buffer, static_cast<std::size_t>(got));
    }
    return out;
}

void send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        auto done = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (done <= 0) return;
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
}

}  // namespace

std::string HttpRequest::header(const std::string& name) const {
    auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
}

struct Loopback::State {
    Handler handler;
    Cutter cutter;
    Fd listener, stop_read, stop_write;  // a byte in the stop pipe ends every wait
    int port = 0;
    mutable std::mutex mutex;
    std::vector<HttpRequest> requests;
    std::vector<std::thread> threads;
    std::thread acceptor;
    std::atomic<unsigned> connections = 0;

    // False when the server is to end.
    bool wait_for(int fd) const {
        pollfd fds[2] = {{stop_read.get(), POLLIN, 0}, {fd, POLLIN, 0}};
        ::poll(fds, fd < 0 ? 1 : 2, -1);
        return !fds[0].revents;
    }

    void accept_all() {
        while (wait_for(listener.get())) {
            Fd connection(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!connection) continue;
            std::lock_guard lock(mutex);
            threads.emplace_back([this, fd = std::move(connection)]() mutable { serve(std::move(fd)); });
        }
    }

    void serve(Fd fd) {
        ++connections;
        if (wait_for(fd.get())) answer(fd.get());
    }

    void read_body(int fd, HttpRequest& request) const {
        auto size = parse_number(request.header("content-length")).value_or(0);
        auto cut = cutter ? cutter(request) : std::nullopt;
        if (cut && *cut < size) request.cut = true, size = *cut;
        std::vector<char> buffer(1 << 18);
        while (request.body.size() < size) {
            auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
            if (got <= 0) break;
            request.body.append(buffer.data(), static_cast<std::size_t>(got));
        }
        request.body.resize(std::min<std::size_t>(request.body.size(), size));
    }

    void answer(int fd) {
        auto head_text = read_head(fd);
        if (head_text.empty()) return;  // the client is gone
        auto end_of_head = head_text.find("\r\n\r\n") + 4;
        auto request = parse_request(std::string_view(head_text).substr(0, end_of_head));
        request.body = head_text.substr(end_of_head);
        read_body(fd, request);
        {
            std::lock_guard lock(mutex);
            requests.push_back(request);
        }
        auto reply = handler(request);
        if (request.cut) return;
        auto head = fmt::format("HTTP/1.1 {} Answer\r\nConnection: close\r\n", reply.status);
        if (reply.status != 304) head += fmt::format("Content-Length: {}\r\n", reply.body.size());
        for (const auto& [name, value] : reply.headers) head += fmt::format("{}: {}\r\n", name, value);
        send_all(fd, head + "\r\n");
        if (request.method != "HEAD")
            send_all(fd, std::string_view(reply.body).substr(0, reply.cut_after.value_or(reply.body.size())));
        if (reply.hang) (void)wait_for(-1);
        ::shutdown(fd, SHUT_RDWR);
    }
};

Loopback::Loopback(Handler handler, Cutter cutter) : m_state(std::make_unique<State>()) {
    auto& state = *m_state;
    state.handler = std::move(handler);
    state.cutter = std::move(cutter);
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    state.stop_read = Fd(ends[0]);
    state.stop_write = Fd(ends[1]);
    state.listener = Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(state.listener.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(state.listener.get(), 64) != 0 ||
        ::getsockname(state.listener.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        std::abort();
    state.port = ntohs(address.sin_port);
    state.acceptor = std::thread([&state] { state.accept_all(); });
}

Loopback::~Loopback() {
    if (::write(m_state->stop_write.get(), "x", 1) != 1) std::abort();
    m_state->acceptor.join();
    for (auto& thread : m_state->threads) thread.join();
}

std::string Loopback::url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", m_state->port, path);
}

std::vector<HttpRequest> Loopback::requests() const {
    std::lock_guard lock(m_state->mutex);
    return m_state->requests;
}

unsigned Loopback::connections() const { return m_state->connections; }

Loopback::Handler serve_folder(std::filesystem::path root) {
    return [root = std::move(root)](const HttpRequest& request) -> HttpAnswer {
        auto path = root / request.target.substr(1);
        struct stat info{};
        if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return {404};
        std::ifstream in(path, std::ios::binary);
        std::string body((std::istreambuf_iterator<char>(in)), {});
        auto date = fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(info.st_mtim.tv_sec));
        auto etag = fmt::format("\"{}\"", sha256(body).brief());
        std::vector<std::pair<std::string, std::string>> headers{{"ETag", etag}, {"Last-Modified", date}};
        if (request.header("if-none-match") == etag) return {304, headers};
        auto range = request.header("range"), if_range = request.header("if-range");
        if (range.empty() || !(if_range.empty() || if_range == date || if_range == etag)) return {200, headers, body};
        auto from = parse_number(std::string_view(range).substr(6, range.size() - 7)).value_or(0);
        if (from >= body.size()) return {416};
        headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", from, body.size() - 1, body.size()));
        return {206, headers, body.substr(from)};
    };
}

}  // namespace pith::test
