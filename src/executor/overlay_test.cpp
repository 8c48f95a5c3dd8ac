#include "executor/overlay.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace executor {
namespace {

using Table = std::map<std::string, std::string>;

std::string text(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
Bytes bytes(std::string_view value) { return {value.begin(), value.end()}; }

/// A state in memory, one main trie and child tries.
class Memory final : public Backend
{
public:
    Table main;
    std::map<std::string, Table> children;
    bool broken = false;
    int reads = 0;

    std::expected<std::optional<Slice>, Trap> read(Child child, ByteView key) override
    {
        ++reads;
        if (broken)
            return trap(TrapCode::storage, "pruned");
        const auto& table = child ? children[text(*child)] : main;
        const auto found = table.find(text(key));
        return found == table.end() ? std::nullopt : std::optional(Slice::of(bytes(found->second)));
    }

    std::expected<std::optional<Bytes>, Trap> next_key(Child child, ByteView key) override
    {
        if (broken)
            return trap(TrapCode::storage, "pruned");
        const auto& table = child ? children[text(*child)] : main;
        const auto found = table.upper_bound(text(key));
        return found == table.end() ? std::nullopt : std::optional(bytes(found->first));
    }
};

class OverlayTest : public ::testing::Test
{
protected:
    Memory backend;
    Overlay overlay{backend};

    std::optional<std::string> get(std::string_view key, Child child = {})
    {
        const auto value = overlay.read(child, base::view(key));
        EXPECT_TRUE(value);
        return *value ? std::optional(text((*value)->bytes)) : std::nullopt;
    }
    void set(std::string_view key, std::string_view value) { overlay.set({}, base::view(key), bytes(value)); }
    void append(std::string_view key, std::string_view item)
    {
        EXPECT_TRUE(overlay.append({}, base::view(key), base::view(item)));
    }
    std::string keys(Child child = {})
    {
        std::string all;
        Bytes at;
        if (get("", child))
            all += "-,";
        while (true)
        {
            const auto next = overlay.next_key(child, at);
            EXPECT_TRUE(next);
            if (!*next)
                return all;
            at = **next;
            all += text(at) + ",";
        }
    }
};

TEST_F(OverlayTest, writes_hide_the_backend_and_leave_it_as_it_is)
{
    backend.main = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
    set("b", "two");
    overlay.clear({}, base::view("c"));
    set("d", "");
    EXPECT_EQ(get("a"), "1");
    EXPECT_EQ(get("b"), "two");
    EXPECT_EQ(get("c"), std::nullopt);
    EXPECT_EQ(get("d"), "");
    EXPECT_EQ(get("e"), std::nullopt);
    EXPECT_EQ(keys(), "a,b,d,");
    EXPECT_EQ(backend.main.at("b"), "2");
    EXPECT_EQ(overlay.changes().size(), 3u);
}

TEST_F(OverlayTest, next_key_merges_both_sides_and_skips_the_deleted)
{
    backend.main = {{"a", ""}, {"c", ""}, {"e", ""}, {"g", ""}, {"z", ""}};
    for (const auto* key : {"b", "d", "f", "zz"})
        set(key, "");
    for (const auto* key : {"c", "d", "e", "g", "no"})
        overlay.clear({}, base::view(key));
    EXPECT_EQ(keys(), "a,b,f,z,zz,");
    overlay.clear({}, base::view("z"));
    overlay.clear({}, base::view("zz"));
    EXPECT_EQ(keys(), "a,b,f,");
}

TEST_F(OverlayTest, keys_are_ordered_as_unsigned_bytes)
{
    set("\x7f", "");
    set("\x80", "");
    backend.main = {{"\xff", ""}, {std::string("\x7f\0", 2), ""}};
    EXPECT_EQ(keys(), std::string("\x7f,\x7f\0,\x80,\xff,", 9));
}

TEST_F(OverlayTest, a_rollback_undoes_and_a_commit_keeps)
{
    backend.main = {{"a", "0"}};
    set("b", "1");
    ASSERT_TRUE(overlay.start());
    set("a", "2");
    set("b", "2");
    set("c", "2");
    ASSERT_TRUE(overlay.start());
    set("c", "3");
    overlay.clear({}, base::view("b"));
    set("b", "4");
    set("d", "3");
    ASSERT_TRUE(overlay.commit());
    EXPECT_EQ(get("b"), "4");
    ASSERT_TRUE(overlay.start());
    overlay.clear({}, base::view("d"));
    EXPECT_EQ(get("d"), std::nullopt);
    ASSERT_TRUE(overlay.rollback());
    EXPECT_EQ(get("d"), "3");
    ASSERT_TRUE(overlay.rollback());
    EXPECT_EQ(get("a"), "0");
    EXPECT_EQ(get("b"), "1");
    EXPECT_EQ(get("c"), std::nullopt);
    EXPECT_EQ(get("d"), std::nullopt);
    EXPECT_EQ(overlay.changes().size(), 1u) << "no trace is left";
    EXPECT_EQ(overlay.depth(), 0u);
}

TEST_F(OverlayTest, transactions_must_match_and_are_bounded)
{
    EXPECT_EQ(overlay.rollback().error().code, TrapCode::host);
    EXPECT_EQ(overlay.commit().error().code, TrapCode::host);
    for (size_t i = 0; i != kTransactionDepthMax; ++i)
        ASSERT_TRUE(overlay.start());
    EXPECT_EQ(overlay.start().error().code, TrapCode::host);
    for (size_t i = 0; i != kTransactionDepthMax; ++i)
        ASSERT_TRUE(overlay.rollback());
}

// The compact lengths are those of the SCALE specification: one byte to 63, two to 16383, four to 2^30 - 1.
TEST_F(OverlayTest, append_counts_in_scale)
{
    append("v", "x");
    EXPECT_EQ(get("v"), "\x04x");
    for (int i = 1; i != 63; ++i)
        append("v", "x");
    EXPECT_EQ(get("v"), "\xfc" + std::string(63, 'x'));
    append("v", "y");
    EXPECT_EQ(get("v"), std::string("\x01\x01", 2) + std::string(63, 'x') + "y");
    for (int i = 64; i != 16383; ++i)
        append("v", "z");
    EXPECT_EQ(get("v")->substr(0, 2), "\xfd\xff");
    append("v", "z");
    EXPECT_EQ(get("v")->substr(0, 4), std::string("\x02\x00\x01\x00", 4));
    EXPECT_EQ(get("v")->size(), 4u + 16384);
}

TEST_F(OverlayTest, append_starts_from_the_backends_value_which_is_read_once)
{
    backend.main = {{"v", std::string("\x08", 1) + "ab"}};
    append("v", "c");
    append("v", "d");
    EXPECT_EQ(get("v"), "\x10"
                        "abcd");
    EXPECT_EQ(backend.reads, 1);
    backend.broken = true;
    EXPECT_EQ(overlay.append({}, base::view("w"), base::view("c")).error().code, TrapCode::storage);
}

TEST_F(OverlayTest, append_to_what_is_no_scale_vector_begins_a_new_one)
{
    // Truncated, not in shortest form, longer than 32 bits, already full.
    for (const auto& value : {std::string("\x01"), std::string("\x01\x00", 2), std::string("\x02\x00\x00\x00", 4),
                              std::string("\x07\x00\x00\x00\x00\x01", 6), std::string("\x03\xff\xff\xff\xff")})
    {
        set("v", value);
        append("v", "i");
        EXPECT_EQ(get("v"), "\x04i");
        ASSERT_TRUE(overlay.start());
        set("w", value);
        append("w", "i");
        EXPECT_EQ(get("w"), "\x04i");
        ASSERT_TRUE(overlay.rollback());
    }
    overlay.clear({}, base::view("v"));
    append("v", "j");
    EXPECT_EQ(get("v"), "\x04j");
    // The count alone is believed: the items are not decoded.
    set("v", "\xfc");
    append("v", "i");
    EXPECT_EQ(get("v"), std::string("\x01\x01i"));
}

TEST_F(OverlayTest, a_rollback_takes_appended_items_back)
{
    for (const std::string start : {std::string(), std::string("\0", 1), std::string("\x04i")})
    {
        set("v", start);
        ASSERT_TRUE(overlay.start());
        append("v", "a");
        ASSERT_TRUE(overlay.start());
        append("v", "b");
        set("v", "x");
        append("v", "c");
        ASSERT_TRUE(overlay.rollback());
        const auto one = start.size() == 2 ? std::string("\x08ia")
                                           : std::string("\x04"
                                                         "a");
        EXPECT_EQ(get("v"), one);
        append("v", "d");
        ASSERT_TRUE(overlay.start());
        append("v", "e");
        ASSERT_TRUE(overlay.commit());
        ASSERT_TRUE(overlay.rollback());
        EXPECT_EQ(get("v"), start);
    }
}

TEST_F(OverlayTest, append_copies_only_the_item_at_any_depth)
{
    // A copy of the value in each transaction would move 40,000 times 2 MB on average.
    set("v", "");
    const std::string item(100, 'x');
    for (int i = 0; i != 40'000; ++i)
    {
        ASSERT_TRUE(overlay.start());
        ASSERT_TRUE(overlay.start());
        append("v", item);
        ASSERT_TRUE(overlay.commit());
        append("v", item);
        ASSERT_TRUE(i % 2 ? overlay.commit() : overlay.rollback());
    }
    EXPECT_EQ(get("v")->size(), 4u + 40'000 * 100);
}

TEST_F(OverlayTest, clear_prefix_without_a_limit_deletes_both_sides)
{
    backend.main = {{"a", ""}, {"p", ""}, {"p1", ""}, {"p2", ""}, {"q", ""}};
    set("p2", "new");
    set("p3", "new");
    overlay.clear({}, base::view("p1"));
    const auto removal = overlay.clear_prefix({}, base::view("p"));
    // p2 counts as overlay; the backend's loop meets p, p1, p2 and newly deletes p alone.
    EXPECT_EQ(removal, (Removal{.cursor = {}, .backend = 1, .unique = 3, .loops = 3}));
    EXPECT_EQ(keys(), "a,q,");
}

TEST_F(OverlayTest, clear_prefix_with_a_limit_goes_on_at_its_cursor)
{
    for (const auto* key : {"p1", "p2", "p3", "p4", "p5", "q"})
        backend.main[key] = "";
    set("p9", "only here");
    auto removal = overlay.clear_prefix({}, base::view("p"), 2);
    EXPECT_EQ(removal, (Removal{.cursor = bytes("p3"), .backend = 2, .unique = 3, .loops = 2}));
    EXPECT_EQ(keys(), "p3,p4,p5,q,");
    removal = overlay.clear_prefix({}, base::view("p"), 2, removal->cursor);
    EXPECT_EQ(removal, (Removal{.cursor = bytes("p5"), .backend = 2, .unique = 2, .loops = 2}));
    removal = overlay.clear_prefix({}, base::view("p"), 2, removal->cursor);
    EXPECT_EQ(removal, (Removal{.cursor = {}, .backend = 1, .unique = 1, .loops = 1}));
    EXPECT_EQ(keys(), "q,");
    EXPECT_EQ(overlay.clear_prefix({}, base::view("q"), 0),
              (Removal{.cursor = bytes("q"), .backend = 0, .unique = 0, .loops = 0}));
}

TEST_F(OverlayTest, clear_prefix_rolls_back)
{
    backend.main = {{"p1", "1"}};
    set("p2", "2");
    append("p3", "i");
    ASSERT_TRUE(overlay.start());
    ASSERT_TRUE(overlay.clear_prefix({}, {}));
    EXPECT_EQ(keys(), "");
    append("p3", "j");
    ASSERT_TRUE(overlay.rollback());
    EXPECT_EQ(keys(), "p1,p2,p3,");
    EXPECT_EQ(get("p3"), "\x04i");
}

TEST_F(OverlayTest, child_tries_are_apart_from_the_main_one_and_from_each_other)
{
    const auto one = base::view("one"), none = base::view("");
    backend.children["one"] = {{"k", "backend"}};
    set("k", "main");
    overlay.set(none, base::view("k"), bytes("empty name"));
    EXPECT_EQ(get("k"), "main");
    EXPECT_EQ(get("k", one), "backend");
    EXPECT_EQ(get("k", none), "empty name");
    ASSERT_TRUE(overlay.start());
    EXPECT_EQ(overlay.clear_prefix(one, {})->unique, 1u);
    EXPECT_EQ(get("k", one), std::nullopt);
    EXPECT_EQ(get("k"), "main");
    ASSERT_TRUE(overlay.rollback());
    EXPECT_EQ(get("k", one), "backend");
    EXPECT_EQ(overlay.child_changes().size(), 2u);
}

TEST_F(OverlayTest, a_backend_that_cannot_answer_is_reported)
{
    backend.broken = true;
    EXPECT_EQ(overlay.read({}, base::view("a")).error().code, TrapCode::storage);
    EXPECT_EQ(overlay.next_key({}, base::view("a")).error().code, TrapCode::storage);
    EXPECT_EQ(overlay.clear_prefix({}, base::view("a")).error().code, TrapCode::storage);
    set("a", "1");
    EXPECT_EQ(get("a"), "1") << "what was written here needs no backend";
}

/// The overlay against whole copies of plain maps: what it does, done slowly.
class Copies
{
public:
    explicit Copies(const Table& start) : now_(start) {}

    void start() { saved_.push_back(now_); }
    void rollback()
    {
        now_ = saved_.back();
        saved_.pop_back();
    }
    void commit() { saved_.pop_back(); }
    void append(const std::string& key, char item)
    {
        // Counts below 64 only: one byte.
        auto& value = now_[key];
        if (value.empty() || value[0] % 4 != 0 || uint8_t(value[0]) == 252)
            value = std::string(1, '\0');
        value[0] = char(value[0] + 4);
        value += item;
    }
    Table& now() { return now_; }
    size_t depth() const { return saved_.size(); }

private:
    Table now_;
    std::vector<Table> saved_;
};

TEST_F(OverlayTest, random_writes_in_nested_transactions_agree_with_whole_copies)
{
    std::mt19937 random(3);
    for (int i = 0; i != 12; ++i)
        backend.main["k" + std::to_string(random() % 16)] = std::string("\x08", 1) + "ab";
    Copies model(backend.main);
    for (int step = 0; step != 30'000; ++step)
    {
        const auto key = "k" + std::to_string(random() % 16);
        switch (random() % 9)
        {
        case 0:
            set(key, std::string("\x04", 1) + "z");
            model.now()[key] = std::string("\x04", 1) + "z";
            break;
        case 1:
            overlay.clear({}, base::view(key));
            model.now().erase(key);
            break;
        case 2:
        case 3:
            // Counts stay below 64: a longer value is set anew.
            if (model.now().contains(key) && model.now()[key].size() > 60)
                break;
            append(key, "i");
            model.append(key, 'i');
            break;
        case 4:
        case 5:
            if (model.depth() < 6)
            {
                ASSERT_TRUE(overlay.start());
                model.start();
            }
            break;
        case 6:
            if (model.depth() != 0)
            {
                ASSERT_TRUE(overlay.rollback());
                model.rollback();
            }
            break;
        case 7:
            if (model.depth() != 0)
            {
                ASSERT_TRUE(overlay.commit());
                model.commit();
            }
            break;
        case 8:
            if (random() % 8 == 0)
            {
                ASSERT_TRUE(overlay.clear_prefix({}, base::view("k1")));
                std::erase_if(model.now(), [](const auto& entry) { return entry.first.starts_with("k1"); });
            }
            break;
        }
        ASSERT_EQ(get(key), model.now().contains(key) ? std::optional(model.now()[key]) : std::nullopt) << step;
        if (step % 50 == 0)
        {
            std::string all;
            for (const auto& [name, value] : model.now())
            {
                all += name + ",";
                ASSERT_EQ(get(name), value);
            }
            ASSERT_EQ(keys(), all);
        }
    }
}

} // namespace
} // namespace executor
