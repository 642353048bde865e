package io.expressgateway.metrics;

/**
 * The key of a row: two texts and a small number, whose meaning is the metric's.
 *
 * @param first a listener, cluster, rule or reason
 * @param second a route, endpoint or action; empty where there is none
 * @param number a protocol or status; 0 where there is none
 */
record LabelSet(String first, String second, int number) {}
