// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

#include "net/application_sockets.hpp"

#include <algorithm>
#include <utility>

namespace warmspare::net {

ApplicationSockets::ApplicationSockets(Worker& worker, const node::Config& config)
    : worker_(worker), config_(config) {
}

ApplicationSockets::~ApplicationSockets() {
    for (const auto& [key, application] : std::exchange(applications_, {})) {
        if (application.connect) application.connect->cancel();
        application.stream->reset();
    }
}

std::expected<void, std::string> ApplicationSockets::bind() {
    for (const node::Process& process : config_.processes) {
        if (!process.listen) continue;
        auto listener = std::make_unique<ApplicationListener>(
            worker_, process, config_.peers[process.peer.value].table.name,
            [this](core::StreamKey stream, FileDescriptor socket) { opened(stream, std::move(socket)); });
        if (auto bound = listener->bind(); !bound) return bound;
        listeners_.push_back(std::move(listener));
    }
    return {};
}

void ApplicationSockets::accept() {
    for (const auto& listener : listeners_) listener->accept();
}

void ApplicationSockets::close_listeners() {
    for (const auto& listener : listeners_) listener->close();
}

bool ApplicationSockets::run_deferred() {
    const bool any = !to_connect_.empty() || !to_read_.empty() || !failed_.empty() || stream_ended_;
    for (const Opening& opening : std::exchange(to_connect_, {})) connect_target(opening);
    for (const core::StreamKey stream : std::exchange(failed_, {})) {
        if (!find(stream)) continue;
        reset(stream);
        worker_.node().reset(stream, Worker::now());
    }
    for (const core::StreamKey stream : std::exchange(to_read_, {})) {
        if (const auto found = find(stream)) found->read();
    }
    if (std::exchange(stream_ended_, false)) {
        for (const auto& listener : listeners_) listener->try_again();
    }
    return any;
}

void ApplicationSockets::open(core::StreamKey stream, core::ProcessIndex process) {
    applications_.emplace(stream, Application{std::make_shared<ApplicationStream>(worker_, stream), nullptr});
    to_connect_.push_back({stream, process});
}

Moved ApplicationSockets::take_in(core::StreamKey stream, int link, std::size_t size) {
    const auto found = applications_.find(stream);
    if (found == applications_.end()) return std::unexpected(EAGAIN);
    return found->second.stream->take_in(link, size);
}

std::size_t ApplicationSockets::write(core::StreamKey stream, std::span<const Bytes> bytes) {
    return write_by(stream, [&](ApplicationStream& application) { return application.write(bytes); });
}

std::size_t ApplicationSockets::write_piped(core::StreamKey stream, std::size_t size) {
    return write_by(stream, [=](ApplicationStream& application) { return application.write_piped(size); });
}

template <class Write>
std::size_t ApplicationSockets::write_by(core::StreamKey stream, const Write& write) {
    const auto found = applications_.find(stream);
    if (found == applications_.end()) return 0;
    ApplicationStream& application = *found->second.stream;
    if (application.write_failed()) return 0;
    const std::size_t size = write(application);
    if (application.write_failed()) failed_.push_back(stream);
    return size;
}

void ApplicationSockets::finish(core::StreamKey stream) {
    if (const auto found = find(stream)) found->finish();
}

void ApplicationSockets::resume_reading(core::StreamKey stream) {
    to_read_.push_back(stream);
}

void ApplicationSockets::close(core::StreamKey stream) {
    if (const auto found = find(stream)) found->close();
    forget(stream);
}

void ApplicationSockets::reset(core::StreamKey stream) {
    if (const auto found = find(stream)) found->reset();
    forget(stream);
}

void ApplicationSockets::opened(core::StreamKey stream, FileDescriptor socket) {
    const auto application = std::make_shared<ApplicationStream>(worker_, stream);
    applications_.emplace(stream, Application{application, nullptr});
    application->attach(std::move(socket));
    application->read();
}

void ApplicationSockets::connect_target(const Opening& opening) {
    const auto found = applications_.find(opening.stream);
    if (found == applications_.end()) return;
    const node::Endpoint* target = target_of(opening.stream.peer, opening.process);
    if (!target) {
        return target_connected(opening.stream, std::unexpected("the process has no target on this node"));
    }
    const auto connect = std::make_shared<TargetConnect>(
        worker_, [this, stream = opening.stream](std::expected<FileDescriptor, std::string> result) {
            target_connected(stream, std::move(result));
        });
    found->second.connect = connect;
    connect->start(*target);
}

void ApplicationSockets::target_connected(core::StreamKey stream,
                                          std::expected<FileDescriptor, std::string> result) {
    const auto found = applications_.find(stream);
    if (found == applications_.end()) return;
    worker_.wake();
    found->second.connect = nullptr;
    if (!result) return worker_.node().handle_target_failed(stream, result.error(), Worker::now());
    const auto application = found->second.stream;
    application->attach(std::move(*result));
    worker_.node().handle_target_connected(stream, Worker::now());
    application->read();
}

void ApplicationSockets::forget(core::StreamKey stream) {
    const auto found = applications_.find(stream);
    if (found == applications_.end()) return;
    if (found->second.connect) found->second.connect->cancel();
    applications_.erase(found);
    stream_ended_ = true;
}

std::shared_ptr<ApplicationStream> ApplicationSockets::find(core::StreamKey stream) const {
    const auto found = applications_.find(stream);
    return found == applications_.end() ? nullptr : found->second.stream;
}

const node::Endpoint* ApplicationSockets::target_of(core::PeerIndex peer, core::ProcessIndex process) const {
    const auto found = std::ranges::find_if(config_.processes, [&](const node::Process& one) {
        return one.peer == peer && one.process == process;
    });
    return found != config_.processes.end() && found->target ? &*found->target : nullptr;
}

}  // namespace warmspare::net
