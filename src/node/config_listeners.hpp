// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Addresses that two parts of one file would both listen on.

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "node/config_links.hpp"
#include "node/config_peer.hpp"
#include "node/config_process.hpp"
#include "node/config_reader.hpp"

namespace warmspare::node {

/// Where the links of a node are bound, and then its processes. Links may share a place, also between peers;
/// nothing else may.
class Listeners {
  public:
    /// All links come before all processes.
    void add_links(const PeerDraft& peer, const std::vector<LinkDraft>& links);
    /// Notes a mistake if the place is taken.
    void add_process(const ProcessDraft& draft, Mistakes& mistakes);

  private:
    /// Who is there, for messages: "process.redis".
    struct Holder {
        std::string who;
        int line = 0;
    };
    using Hosts = std::map<std::string, Holder>;

    [[nodiscard]] static const Holder* find(const Hosts& hosts, const std::string& host);

    std::map<std::uint16_t, Hosts> ports_;
    std::map<std::string, Holder> paths_;
};

}  // namespace warmspare::node
