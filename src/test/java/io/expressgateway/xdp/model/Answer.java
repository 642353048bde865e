package io.expressgateway.xdp.model;

/** What a program did with a frame. */
public record Answer(Verdict verdict, Reason reason, byte[] frame) {}
