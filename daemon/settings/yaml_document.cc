// SPDX-License-Identifier: MIT
#include "daemon/settings/yaml_document.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <cerrno>
#include <optional>
#include <sstream>
#include <system_error>

namespace app {
namespace {

int line_of(const YAML::Mark& mark) {
    return mark.line >= 0 ? mark.line + 1 : 0;
}

// Builds the tree from the parser's events: YAML::Node would resolve aliases and hide duplicate keys.
class Builder final : public YAML::EventHandler {
  public:
    explicit Builder(YamlNode& root) : root_(root) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, YamlNode::Kind::kNull, {}); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        throw YAML::ParserException(mark, "alias");
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  const std::string& value) override {
        refuse_tag(mark, tag);
        add(mark, YamlNode::Kind::kScalar, value);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                         YAML::EmitterStyle::value) override {
        refuse_tag(mark, tag);
        open(mark, YamlNode::Kind::kList);
    }
    void OnSequenceEnd() override { open_.pop_back(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                    YAML::EmitterStyle::value) override {
        refuse_tag(mark, tag);
        open(mark, YamlNode::Kind::kMap);
    }
    void OnMapEnd() override { open_.pop_back(); }

  private:
    static constexpr std::size_t kMaxDepth = 16;

    static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!")
            throw YAML::ParserException(mark, "tags (!name) are not supported");
    }

    // Within a map, keys and values come in turns.
    bool key_is_next() const {
        return !open_.empty() && open_.back()->kind == YamlNode::Kind::kMap &&
               open_.back()->keys.size() == open_.back()->items.size();
    }

    YamlNode& add(const YAML::Mark& mark, YamlNode::Kind kind, const std::string& text) {
        YamlNode node;
        node.kind = kind;
        node.line = line_of(mark);
        node.text = text;
        if (open_.empty()) return root_ = std::move(node);
        auto& place = key_is_next() ? open_.back()->keys : open_.back()->items;
        place.push_back(std::move(node));
        return place.back();
    }

    void open(const YAML::Mark& mark, YamlNode::Kind kind) {
        if (key_is_next()) throw YAML::ParserException(mark, "a key must be a plain text");
        if (open_.size() >= kMaxDepth) throw YAML::ParserException(mark, "nested too deep");
        // The pointers stay good: nothing is added beside an open node.
        open_.push_back(&add(mark, kind, {}));
    }

    YamlNode& root_;
    std::vector<YamlNode*> open_;
};

YamlError error_of(const YAML::Exception& e) {
    // An unquoted "*.example.com" is an alias to YAML.
    const bool star = e.msg.find("alias") != std::string::npos || e.msg.find("anchor") != std::string::npos;
    return {line_of(e.mark), star
                                 ? "has a text that begins with * or &; allowed: such a text in double quotes"
                                 : "is not readable as YAML: " + e.msg};
}

std::size_t utf8_length(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first < 0xE0) return 2;
    if (first >= 0xE0 && first < 0xF0) return 3;
    return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

// yaml-cpp replaces what it cannot decode without a word, and cuts the text at some control characters.
std::optional<YamlError> find_bad_byte(std::string_view text) {
    int line = 1;
    for (std::size_t i = 0; i < text.size();) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c == '\n') ++line;
        if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F)
            return YamlError{line, "has a control character"};
        const std::size_t length = utf8_length(c);
        if (length == 0 || length > text.size() - i) return YamlError{line, "is not UTF-8"};
        for (std::size_t j = 1; j < length; ++j)
            if ((static_cast<unsigned char>(text[i + j]) & 0xC0U) != 0x80U)
                return YamlError{line, "is not UTF-8"};
        i += length;
    }
    return std::nullopt;
}

// Escapes in double quotes can still make them.
std::optional<YamlError> find_control(const YamlNode& node) {
    for (const char c : node.text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            return YamlError{node.line, "has a control character or a line break within a value"};
    for (const auto* nodes : {&node.keys, &node.items})
        for (const YamlNode& child : *nodes)
            if (auto error = find_control(child)) return error;
    return std::nullopt;
}

FileError file_error(int error) {
    return {error == ENOENT || error == ENOTDIR, std::system_category().message(error)};
}

}  // namespace

base::Result<YamlNode, YamlError> parse_yaml(std::string_view text) {
    if (text.size() > kMaxYamlBytes) return base::Unexpected<YamlError>({0, "is too large"});
    if (auto error = find_bad_byte(text)) return base::Unexpected<YamlError>(*std::move(error));
    YamlNode root;
    try {
        std::istringstream in{std::string(text)};
        YAML::Parser parser(in);
        Builder builder(root);
        if (parser.HandleNextDocument(builder)) {
            YamlNode second;
            Builder rest(second);
            if (parser.HandleNextDocument(rest))
                return base::Unexpected<YamlError>({second.line, "has a second document"});
        }
    } catch (const YAML::Exception& e) {
        return base::Unexpected<YamlError>(error_of(e));
    }
    if (auto error = find_control(root)) return base::Unexpected<YamlError>(*std::move(error));
    return root;
}

base::Result<std::string, FileError> read_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file < 0) return base::Unexpected(file_error(errno));
    std::string text;
    char buffer[16384];
    ssize_t got = 0;
    while ((got = ::read(file, buffer, sizeof buffer)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) break;
        text.append(buffer, static_cast<std::size_t>(got));
        if (text.size() > kMaxYamlBytes) break;  // parse_yaml() refuses it
    }
    const int error = got < 0 ? errno : 0;
    ::close(file);
    if (error != 0) return base::Unexpected(file_error(error));
    return text;
}

}  // namespace app
