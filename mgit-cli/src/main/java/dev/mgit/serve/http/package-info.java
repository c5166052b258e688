/**
 * A small HTTP/1.1 server that expects the worst of its clients: connections and their time limits, requests, replies,
 * the guard before every request, and routes. Knows nothing of models.
 */
@NullMarked
package dev.mgit.serve.http;

import org.jspecify.annotations.NullMarked;
