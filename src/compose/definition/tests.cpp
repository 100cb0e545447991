#include "compose/definition/sections.h"

#include <fmt/format.h>

#include "base/text.h"
#include "compose/definition/fields.h"

namespace pith::compose {

using yaml::Node;

namespace {

Result<> read_service(const Node& node, Test& test) {
    auto& service = test.service.emplace();
    std::uint32_t port = 0, status = 200;
    TRY(read_mapping(node, "tests.service",
                     {number_field("port", port), path_field("path", service.path), number_field("status", status),
                      text_field("body", service.body), text_field("stop-signal", service.stop_signal)}));
    if (port == 0 || port > 65535) return fail_at(node, "a service has a 'port' from 1 to 65535");
    service.port = static_cast<int>(port);
    service.status = static_cast<int>(status);
    return {};
}

}  // namespace

Result<> read_test(const Node& node, std::vector<Test>& tests) {
    Test test;
    test.place = node.place();
    auto command = [](std::string_view key, std::vector<std::string>& into) -> Field {
        return {key, [key, &into](const Node& n) -> Result<> {
                    into = TRY(read_command(n, key));
                    return {};
                }};
    };
    auto number = [](std::string_view key, int& into, std::uint32_t most) -> Field {
        return {key, [key, &into, most](const Node& n) -> Result<> {
                    into = static_cast<int>(TRY(read_number(n, key, most)));
                    return {};
                }};
    };
    TRY(read_mapping(node, "tests",
                     {text_field("name", test.name),
                      command("command", test.command),
                      command("entrypoint", test.entrypoint),
                      number("exit-code", test.exit_code, 255),
                      number("timeout", test.timeout, 3600),
                      text_field("output", test.output),
                      texts_field("absent", test.absent),
                      texts_field("tmpfs", test.tmpfs),
                      {"no-setuid",
                       [&](const Node& n) -> Result<> {
                           test.no_setuid = TRY(read_boolean(n, "no-setuid"));
                           return {};
                       }},
                      {"writable",
                       [&](const Node& n) -> Result<> {
                           test.writable = TRY(read_texts(n, "writable"));
                           return {};
                       }},
                      {"service", [&](const Node& n) { return read_service(n, test); }}}));
    if (test.name.empty()) return fail_at(node, "a test needs a 'name'");
    bool runs = !test.command.empty() || !test.entrypoint.empty() || test.service;
    if (!runs && test.absent.empty() && !test.no_setuid && !test.writable)
        return fail_at(
            node,
            fmt::format(
                "test '{}' expects nothing: give it a 'command', a 'service', 'absent', 'no-setuid' or 'writable'",
                printable(test.name)));
    tests.push_back(std::move(test));
    return {};
}

}  // namespace pith::compose
