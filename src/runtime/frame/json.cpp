#include "runtime/frame/json.hpp"

namespace runtime::json {
namespace {

class Parser
{
public:
    explicit Parser(std::string_view text) : text_(text) {}

    std::expected<Value, Error> run()
    {
        Value value;
        if (text_.size() > kBytesMax)
            return std::unexpected(Error{Fault::too_long, kBytesMax});
        if (read(value, 0) && (skip_space(), at_ != text_.size()))
            fail(Fault::unexpected);
        if (failed_)
            return std::unexpected(error_);
        return value;
    }

private:
    bool fail(Fault why)
    {
        if (!failed_)
            error_ = {why, at_};
        failed_ = true;
        return false;
    }

    void skip_space()
    {
        while (at_ != text_.size() && std::string_view{" \t\n\r"}.contains(text_[at_]))
            ++at_;
    }

    bool take(char wanted)
    {
        skip_space();
        if (at_ == text_.size() || text_[at_] != wanted)
            return false;
        ++at_;
        return true;
    }

    bool take_word(std::string_view word)
    {
        if (!text_.substr(at_).starts_with(word))
            return false;
        at_ += word.size();
        return true;
    }

    bool read(Value& value, uint32_t depth)
    {
        if (depth > kDepthMax)
            return fail(Fault::too_deep);
        if (take('{'))
            return read_object(value, depth);
        if (take('['))
            return read_list(value, depth);
        if (take('"'))
        {
            value.kind = Kind::text;
            return read_text(value.text);
        }
        skip_space();
        for (const std::string_view word : {"true", "false"})
            if (take_word(word))
            {
                value.kind = Kind::boolean;
                value.text = word;
                return true;
            }
        return take_word("null") || read_number(value);
    }

    bool read_object(Value& value, uint32_t depth)
    {
        value.kind = Kind::object;
        if (take('}'))
            return true;
        do
        {
            if (!take('"'))
                return fail(Fault::unexpected);
            if (!read_text(value.names.emplace_back()))
                return false;
            if (!take(':'))
                return fail(Fault::unexpected);
            if (!read(value.items.emplace_back(), depth + 1))
                return false;
        } while (take(','));
        return take('}') || fail(Fault::unexpected);
    }

    bool read_list(Value& value, uint32_t depth)
    {
        value.kind = Kind::list;
        if (take(']'))
            return true;
        do
            if (!read(value.items.emplace_back(), depth + 1))
                return false;
        while (take(','));
        return take(']') || fail(Fault::unexpected);
    }

    size_t digits()
    {
        const auto from = at_;
        while (at_ != text_.size() && text_[at_] >= '0' && text_[at_] <= '9')
            ++at_;
        return at_ - from;
    }

    bool read_number(Value& value)
    {
        const auto from = at_;
        if (at_ != text_.size() && text_[at_] == '-')
            ++at_;
        const auto first = at_;
        const auto whole = digits();
        if (whole == 0 || (whole > 1 && text_[first] == '0'))
            return fail(Fault::unexpected);
        if (at_ != text_.size() && text_[at_] == '.' && (++at_, digits() == 0))
            return fail(Fault::unexpected);
        if (at_ != text_.size() && (text_[at_] == 'e' || text_[at_] == 'E'))
        {
            ++at_;
            if (at_ != text_.size() && (text_[at_] == '+' || text_[at_] == '-'))
                ++at_;
            if (digits() == 0)
                return fail(Fault::unexpected);
        }
        value.kind = Kind::number;
        value.text = text_.substr(from, at_ - from);
        return true;
    }

    /// After the opening quote, up to the closing one.
    bool read_text(std::string& out)
    {
        while (at_ != text_.size())
        {
            const char c = text_[at_++];
            if (c == '"')
                return true;
            if (uint8_t(c) < 0x20)
                return fail(Fault::unexpected);
            if (c != '\\')
                out.push_back(c);
            else if (!read_escape(out))
                return false;
        }
        return fail(Fault::unexpected);
    }

    bool read_escape(std::string& out)
    {
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        if (at_ == text_.size())
            return fail(Fault::unexpected);
        const char c = text_[at_++];
        if (const auto found = letters.find(c); found != letters.npos)
        {
            out.push_back(meanings[found]);
            return true;
        }
        uint32_t code = 0;
        if (c != 'u' || !read_hex(code))
            return fail(Fault::escape);
        if (code >= 0xd800 && code < 0xdc00)
        {
            uint32_t low = 0;
            if (!take_word("\\u") || !read_hex(low) || low < 0xdc00 || low > 0xdfff)
                return fail(Fault::escape);
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
        else if (code >= 0xdc00 && code <= 0xdfff)
            return fail(Fault::escape);
        put_utf8(code, out);
        return true;
    }

    bool read_hex(uint32_t& code)
    {
        for (int i = 0; i != 4; ++i)
        {
            if (at_ == text_.size())
                return false;
            const char c = text_[at_++];
            const int digit = c >= '0' && c <= '9'   ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0)
                return false;
            code = code << 4 | uint32_t(digit);
        }
        return true;
    }

    static void put_utf8(uint32_t code, std::string& out)
    {
        if (code < 0x80)
            return out.push_back(char(code));
        const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
        constexpr uint8_t lead[]{0, 0xc0, 0xe0, 0xf0};
        out.push_back(char(lead[more] | code >> (6 * more)));
        for (int i = more - 1; i >= 0; --i)
            out.push_back(char(0x80 | (code >> (6 * i) & 0x3f)));
    }

    std::string_view text_;
    size_t at_ = 0;
    bool failed_ = false;
    Error error_{};
};

} // namespace

const Value* Value::find(std::string_view name) const
{
    for (size_t i = 0; i != names.size(); ++i)
        if (names[i] == name)
            return &items[i];
    return nullptr;
}

std::expected<Value, Error> parse(std::string_view text) { return Parser{text}.run(); }

} // namespace runtime::json
