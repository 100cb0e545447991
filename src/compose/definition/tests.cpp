#include "compose/definition/sections.h"

#include <fmt/format.h>

#include "base/text.h"
#include "compose/definition/fields.h"
#include "compose/definition/schema.h"

namespace pith::compose {

using yaml::Node;

namespace {

Field number_field(std::string_view key, int& into, std::uint32_t least, std::uint32_t most, std::string (*schema)(),
                   std::string_view about) {
    auto read = [key, &into, least, most](const Node& node) -> Result<> {
        auto number = TRY(read_number(node, key, most));
        if (number < least)
            return fail_at(node, fmt::format("'{}' should be from {} to {}, but is {}", key, least, most, number));
        into = static_cast<int>(number);
        return {};
    };
    return {key, read, schema, about};
}

std::vector<Field> service_fields(TestService& service) {
    return {number_field(
                "port", service.port, 1, 65535, [] { return schema::number(1, 65535); }, "where it listens"),
            path_field("path", service.path, "what is asked for; / unless said"),
            number_field(
                "status", service.status, 100, 599, [] { return schema::number(100, 599); },
                "the status that must come; 200 unless said"),
            text_field("body", service.body, "a regular expression that the answer must match"),
            signal_field("stop-signal", service.stop_signal, "what is sent at the end")};
}

std::string service_schema() {
    TestService service;
    return schema::mapping(service_fields(service), {"port"});
}

Result<> read_service(const Node& node, Test& test) {
    auto& service = test.service.emplace();
    TRY(read_mapping(node, "tests.service", service_fields(service)));
    if (service.port == 0) return fail_at(node, "a service has a 'port' from 1 to 65535");
    return {};
}

std::vector<Field> test_fields(Test& test) {
    auto writable = [&test](const Node& node) -> Result<> {
        test.writable = TRY(read_texts(node, "writable"));
        return {};
    };
    return {text_field("name", test.name, "what is tested"),
            command_field("command", test.command, "words that follow the image's entrypoint"),
            command_field("entrypoint", test.entrypoint, "words that replace it"),
            number_field(
                "exit-code", test.exit_code, 0, 255, [] { return schema::number(0, 255); },
                "what the run must end with; 0 unless said"),
            number_field(
                "timeout", test.timeout, 0, 3600, [] { return schema::number(0, 3600); },
                "seconds until it counts as failed; 60 unless said"),
            text_field("output", test.output, "a regular expression that its output must match"),
            texts_field("absent", test.absent, "patterns of paths that must not be in the image"),
            texts_field("tmpfs", test.tmpfs, "folders mounted writable for this test"),
            boolean_field("no-setuid", test.no_setuid, "no file has a setuid or setgid bit"),
            {"writable", writable, schema::texts, "the only paths that the image's user may write to"},
            {"service", [&test](const Node& node) { return read_service(node, test); }, service_schema,
             "starts the image, asks it over HTTP, then stops it"}};
}

}  // namespace

std::string test_schema() {
    Test test;
    return schema::mapping(test_fields(test), {"name"},
                           R"("anyOf":[{"required":["command"],"properties":{"command":{"not":{"const":[]}}}},)"
                           R"({"required":["entrypoint"],"properties":{"entrypoint":{"not":{"const":[]}}}},)"
                           R"({"required":["absent"],"properties":{"absent":{"not":{"enum":[null,[]]}}}},)"
                           R"({"required":["no-setuid"],"properties":{"no-setuid":{"const":true}}},)"
                           R"({"required":["writable"]},{"required":["service"]}])");
}

Result<> read_test(const Node& node, std::vector<Test>& tests) {
    Test test;
    test.place = node.place();
    TRY(read_mapping(node, "tests", test_fields(test)));
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
