// SPDX-License-Identifier: GPL-2.0-or-later
#include "views/label_places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

using testing::ElementsAre;
using enum LabelSide;

constexpr double kBegin = 0, kEnd = 1000;

TEST(LabelPlaces, AreRightOfTheMarksOrLeftAtTheEnd)
{
    EXPECT_THAT(place_labels({{10, 300, 1, 0}, {900, 300, 2, 0}}, kBegin, kEnd),
                ElementsAre(Right, Left));
}

TEST(LabelPlaces, DoNotOverlap)
{
    EXPECT_THAT(place_labels({{10, 300, 1, 0}, {200, 300, 1, 0}, {311, 300, 1, 0}}, kBegin, kEnd),
                ElementsAre(Right, Hidden, Right));
}

TEST(LabelPlaces, DoNotCoverAMarkWithOtherWords)
{
    EXPECT_THAT(place_labels({{10, 300, 1, 0}, {200, 900, 2, 0}}, kBegin, kEnd),
                ElementsAre(Hidden, Hidden));
    EXPECT_THAT(place_labels({{10, 300, 1, 0}, {200, 900, 1, 0}}, kBegin, kEnd),
                ElementsAre(Right, Hidden));
    EXPECT_THAT(place_labels({{10, 300, 1, 0}, {12, 300, 2, 0}}, kBegin, kEnd), // at one place
                ElementsAre(Right, Hidden));
}

TEST(LabelPlaces, AreFirstForWhatIsImportant)
{
    EXPECT_THAT(place_labels({{10, 300, 1, 0}, {200, 300, 1, 2}}, kBegin, kEnd),
                ElementsAre(Hidden, Right));
}

TEST(LabelPlaces, AreOfMarksInSight)
{
    EXPECT_THAT(place_labels({{-10, 300, 1, 9}, {20, 300, 1, 0}, {1001, 300, 1, 9}}, kBegin, kEnd),
                ElementsAre(Hidden, Right, Hidden));
}

} // namespace
} // namespace mptcp::test
