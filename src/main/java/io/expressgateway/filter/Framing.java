package io.expressgateway.filter;

import io.expressgateway.message.HeaderName;

/** The headers that say where a body ends (RFC 9112 section 6): the gateway's, never a filter's. */
final class Framing {

  private Framing() {}

  /** Whether a header of this name delimits the body. */
  static boolean owns(String name) {
    return switch (HeaderName.of(name)) {
      case CONTENT_LENGTH, TRANSFER_ENCODING -> true;
      default -> false;
    };
  }
}
