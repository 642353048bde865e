/** One class that every Java since 17 can load; see {@link io.expressgateway.launch.Launcher}. */
package io.expressgateway.launch;
