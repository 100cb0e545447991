// Parses a JSON file with simdjson and walks all of it: the least that reading a feed can take.
#include <simdjson.h>

#include <cstdio>

namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// How many bytes the names and texts have.
std::size_t walk(element value) {
    std::size_t out = 0;
    switch (value.type()) {
        case element_type::ARRAY:
            for (auto each : simdjson::dom::array(value)) out += walk(each);
            return out;
        case element_type::OBJECT:
            for (auto [key, each] : simdjson::dom::object(value)) out += key.size() + walk(each);
            return out;
        case element_type::STRING:
            return std::string_view(value).size();
        default:
            return 0;
    }
}

}  // namespace

int main(int, char** arguments) {
    simdjson::dom::parser parser;
    std::printf("%zu bytes\n", walk(parser.load(arguments[1])));
}
