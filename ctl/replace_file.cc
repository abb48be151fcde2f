// SPDX-License-Identifier: MIT
#include "ctl/replace_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "daemon/settings/yaml_document.h"

namespace ctl {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
    throw std::runtime_error(path + ": " + what + ": " + std::system_category().message(errno));
}

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }

  private:
    int number_;
};

std::string target_of(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), std::free);
    return real ? std::string(real.get()) : path;
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

/// A new file beside the one to replace; removed unless it has taken its place.
class FreshFile {
  public:
    explicit FreshFile(const std::string& target)
        : target_(target), path_(target + ".XXXXXX"), file_(::mkostemp(path_.data(), O_CLOEXEC)) {
        if (file_.get() < 0) fail(target, "no new file can be made beside it");
    }
    ~FreshFile() {
        if (!in_place_) ::unlink(path_.c_str());
    }
    FreshFile(const FreshFile&) = delete;
    FreshFile& operator=(const FreshFile&) = delete;

    void resemble(const std::string& model) const {
        struct stat info {};
        if (::stat(model.c_str(), &info) != 0) {
            if (::fchmod(file_.get(), 0644) != 0) fail(target_, "mode");
            return;
        }
        // The owner first: changing it clears bits of the mode.
        if (::fchown(file_.get(), info.st_uid, info.st_gid) != 0) fail(target_, "its owner cannot be kept");
        if (::fchmod(file_.get(), info.st_mode & 07777U) != 0) fail(target_, "its mode cannot be kept");
        std::array<char, 4096> list{};
        constexpr const char* kAccessList = "system.posix_acl_access";
        const ssize_t size = ::getxattr(model.c_str(), kAccessList, list.data(), list.size());
        if (size > 0 &&
            ::fsetxattr(file_.get(), kAccessList, list.data(), static_cast<std::size_t>(size), 0) != 0)
            fail(target_, "its access list cannot be kept");
    }

    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t n = ::write(file_.get(), text.data(), text.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) fail(target_, "cannot be written");
            text.remove_prefix(static_cast<std::size_t>(n));
        }
        if (::fsync(file_.get()) != 0) fail(target_, "cannot be written");
    }

    void take_place() {
        if (::rename(path_.c_str(), target_.c_str()) != 0) fail(target_, "cannot be replaced");
        in_place_ = true;
    }

  private:
    std::string target_, path_;
    Descriptor file_;
    bool in_place_ = false;
};

}  // namespace

void replace_file(const std::string& path, const std::string& like,
                  const std::function<std::string(std::string_view)>& edit) {
    const std::string target = target_of(path);
    const Descriptor folder(::open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder.get() < 0) fail(folder_of(target), "cannot be opened");
    if (::flock(folder.get(), LOCK_EX) != 0) fail(folder_of(target), "cannot be locked");
    const auto present = app::read_file(target);
    if (!present && !present.error().missing)
        throw std::runtime_error(path + ": cannot be read: " + present.error().text);
    const std::string text = edit(present ? std::string_view(*present) : std::string_view());
    if (present && text == *present) return;
    FreshFile fresh(target);
    fresh.resemble(present ? target : like);
    fresh.write(text);
    fresh.take_place();
    if (::fsync(folder.get()) != 0) fail(target, "its folder cannot be written to disk");
}

}  // namespace ctl
