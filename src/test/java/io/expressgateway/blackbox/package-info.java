/**
 * The packaged jar as its users meet it: started as a process, spoken to over sockets, ended by a
 * signal. Nothing here sees a class of the product. Start reading at {@link
 * io.expressgateway.blackbox.GatewayJar}.
 */
package io.expressgateway.blackbox;
