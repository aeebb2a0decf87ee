// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The warmspare authors

// Asio itself, compiled once (BOOST_ASIO_SEPARATE_COMPILATION). No other file may include this header.

#include <boost/asio/impl/src.hpp>
