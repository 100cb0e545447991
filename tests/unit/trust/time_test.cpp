#include "trust/time.h"

#include <gtest/gtest.h>

namespace pith::trust {

TEST(Time, ReadsWhatTrustedRootsWrite) {
    for (auto [text, seconds] : {std::pair{"1970-01-01T00:00:00Z", 0},
                                 {"2021-01-12T11:53:27Z", 1610452407},
                                 {"2021-01-12T11:53:27.000Z", 1610452407},
                                 {"2021-01-12t12:53:27+01:00", 1610452407},
                                 {"2021-01-12T09:23:27-02:30", 1610452407},
                                 {"2024-02-29", 1709164800}}) {
        auto time = parse_time(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(time->time_since_epoch(), std::chrono::seconds(seconds)) << text;
    }
    EXPECT_EQ(to_text(*parse_time("2022-10-31T23:59:59.999Z")), "2022-10-31T23:59:59.999Z");
    EXPECT_EQ(to_text(*parse_time("2022-10-31T23:59:59.999999Z")), "2022-10-31T23:59:59.999Z");
    EXPECT_EQ(to_text(*parse_time("0000-01-01")), "0000-01-01T00:00:00Z");
}

TEST(Time, RefusesWhatIsNoTime) {
    for (const char* text :
         {"", "2021", "2021-1-1", "2023-02-29", "2021-13-01", "2021-01-12T", "2021-01-12T11:53:27",
          "2021-01-12T24:00:00Z", "2021-01-12T11:60:00Z", "2021-01-12T11:53:60Z", "2021-01-12T11:53:27.Z",
          "2021-01-12T11:53:27Z ", "2021-01-12T11:53:27+1:00", "-021-01-12", "20210-01-12", "tomorrow"})
        EXPECT_FALSE(parse_time(text)) << text;
}

TEST(Time, BothEndsBelongToAValidity) {
    auto at = [](const char* text) { return *parse_time(text); };
    Validity valid{at("2024-01-01"), at("2024-12-31T23:59:59Z")};
    EXPECT_TRUE(valid.contains(at("2024-01-01")));
    EXPECT_TRUE(valid.contains(at("2024-12-31T23:59:59Z")));
    EXPECT_FALSE(valid.contains(at("2024-12-31T23:59:59.001Z")));
    EXPECT_FALSE(valid.contains(at("2023-12-31T23:59:59.999Z")));
    EXPECT_TRUE(Validity{}.contains(at("9999-12-31")));
    EXPECT_EQ(to_text(Validity{}), "always");
    EXPECT_EQ(to_text(Validity{at("2024-01-01"), {}}), "from 2024-01-01T00:00:00Z");
}

}  // namespace pith::trust
