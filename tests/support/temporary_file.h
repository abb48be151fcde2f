// SPDX-License-Identifier: MIT
#pragma once
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

namespace testing_support {

/// A file that is gone with its object.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& text) {
        char name[] = "/tmp/mta-stsd-test-XXXXXX";
        const int descriptor = ::mkstemp(name);
        if (descriptor < 0) throw std::runtime_error("no temporary file");
        ::close(descriptor);
        path_ = name;
        replace(text);
    }
    ~TemporaryFile() { remove(); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    const std::string& path() const { return path_; }
    /// Another file takes the name, as editors and network managers do it.
    void replace(const std::string& text) {
        const std::string other = path_ + ".new";
        std::ofstream(other, std::ios::binary) << text;
        if (std::rename(other.c_str(), path_.c_str()) != 0) throw std::runtime_error("cannot rename");
    }
    void remove() { std::remove(path_.c_str()); }

  private:
    std::string path_;
};

}  // namespace testing_support
