#include "pkg/version/number.h"
#include "pkg/version/orders.h"

namespace pith::pkg::version {

int compare_numbered(std::string_view a, std::string_view b) {
    while (!a.empty() && !b.empty())
        if (int order = compare_digits(take_part(a, ".-"), take_part(b, ".-"))) return order;
    return int(!a.empty()) - int(!b.empty());
}

}  // namespace pith::pkg::version
