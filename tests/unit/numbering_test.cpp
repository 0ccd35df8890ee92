// SPDX-License-Identifier: GPL-2.0-or-later
//
// Connection indexes without holes, compared with a plain count of the ordinals in use.
#include "containers/numbering.h"

#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace mptcp::test {
namespace {

// The reference implementation: the number of lower ordinals that are in use.
class PlainNumbering {
public:
    void issue() { in_use_.push_back(true); }
    void retire(std::uint32_t ordinal) { in_use_.at(ordinal) = false; }
    bool in_use(std::uint32_t ordinal) const { return in_use_.at(ordinal); }
    std::uint32_t issued() const { return static_cast<std::uint32_t>(in_use_.size()); }

    // The index of each ordinal, and the number of ordinals in use.
    std::vector<std::uint32_t> indexes() const
    {
        std::vector<std::uint32_t> result;
        std::uint32_t below = 0;
        for (const bool used : in_use_) {
            result.push_back(below);
            below += used ? 1 : 0;
        }
        result.push_back(below);
        return result;
    }

private:
    std::vector<bool> in_use_;
};

void expect_same(const Numbering &numbering, const PlainNumbering &plain)
{
    const std::vector<std::uint32_t> indexes = plain.indexes();
    for (std::uint32_t ordinal = 0; ordinal < plain.issued(); ++ordinal)
        if (plain.in_use(ordinal)) {
            ASSERT_EQ(numbering.index_of(ordinal), indexes[ordinal]) << ordinal;
        }
    ASSERT_EQ(numbering.in_use(), indexes.back());
}

TEST(Numbering, CountsFromZero)
{
    Numbering numbering;
    EXPECT_EQ(numbering.in_use(), 0U);
    EXPECT_EQ(numbering.issue(), 0U);
    EXPECT_EQ(numbering.issue(), 1U);
    EXPECT_EQ(numbering.issue(), 2U);
    EXPECT_EQ(numbering.in_use(), 3U);
    EXPECT_EQ(numbering.index_of(0), 0U);
    EXPECT_EQ(numbering.index_of(2), 2U);
}

TEST(Numbering, ARetiredOrdinalLeavesNoHole)
{
    Numbering numbering;
    for (int i = 0; i < 4; ++i)
        numbering.issue();
    numbering.retire(1);
    EXPECT_EQ(numbering.in_use(), 3U);
    EXPECT_EQ(numbering.index_of(0), 0U);
    EXPECT_EQ(numbering.index_of(2), 1U);
    EXPECT_EQ(numbering.index_of(3), 2U);
}

TEST(Numbering, OrdinalsAreNotIssuedAgain)
{
    Numbering numbering;
    numbering.issue();
    numbering.retire(0);
    EXPECT_EQ(numbering.issue(), 1U);
    EXPECT_EQ(numbering.index_of(1), 0U);
    EXPECT_EQ(numbering.in_use(), 1U);
}

TEST(Numbering, TheFirstAndTheLastMayBeRetired)
{
    Numbering numbering;
    for (int i = 0; i < 5; ++i)
        numbering.issue();
    numbering.retire(4);
    numbering.retire(0);
    EXPECT_EQ(numbering.index_of(1), 0U);
    EXPECT_EQ(numbering.index_of(3), 2U);
    EXPECT_EQ(numbering.issue(), 5U);
    EXPECT_EQ(numbering.index_of(5), 3U);
}

TEST(Numbering, AllMayBeRetired)
{
    Numbering numbering;
    PlainNumbering plain;
    for (int i = 0; i < 20; ++i) {
        numbering.issue();
        plain.issue();
    }
    for (std::uint32_t ordinal = 20; ordinal-- > 0;) {
        numbering.retire(ordinal);
        plain.retire(ordinal);
        expect_same(numbering, plain);
    }
    EXPECT_EQ(numbering.in_use(), 0U);
}

// Tests sizes around every power of two, where the tree grows.
TEST(Numbering, IsRightAtEverySize)
{
    for (std::uint32_t size = 1; size <= 70; ++size)
        for (std::uint32_t retired = 0; retired < size; ++retired) {
            Numbering numbering;
            PlainNumbering plain;
            for (std::uint32_t i = 0; i < size; ++i) {
                numbering.issue();
                plain.issue();
            }
            numbering.retire(retired);
            plain.retire(retired);
            expect_same(numbering, plain);
            for (std::uint32_t i = 0; i < 2 * size; ++i) { // beyond the end of the tree
                numbering.issue();
                plain.issue();
            }
            expect_same(numbering, plain);
        }
}

TEST(Numbering, IsRightAfterAnyIssuesAndRetirements)
{
    std::mt19937 random{20240229}; // NOLINT(cert-msc32-c,cert-msc51-cpp): the same on every run
    Numbering numbering;
    PlainNumbering plain;
    for (int step = 0; step < 3000; ++step) {
        const auto ordinal = static_cast<std::uint32_t>(random() % (plain.issued() + 1));
        if (random() % 3 != 0 || ordinal == plain.issued() || !plain.in_use(ordinal)) {
            EXPECT_EQ(numbering.issue(), plain.issued());
            plain.issue();
        } else {
            numbering.retire(ordinal);
            plain.retire(ordinal);
        }
        if (step % 50 == 0)
            expect_same(numbering, plain);
    }
    expect_same(numbering, plain);
}

} // namespace
} // namespace mptcp::test
