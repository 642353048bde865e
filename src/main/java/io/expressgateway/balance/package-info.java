/**
 * Which of several targets takes the next piece of work: one file per algorithm and the table of
 * their names.
 *
 * <p>JDK only. Knows targets, weights and hashes, never clusters, protocols or health: whoever
 * calls it has already sorted out who may be picked at all. Start with {@link
 * io.expressgateway.balance.LoadBalancer}, then {@link io.expressgateway.balance.Balancers}.
 */
@NullMarked
package io.expressgateway.balance;

import org.jspecify.annotations.NullMarked;
