/**
 * The lineage in a browser, read only: pages that are whole without JavaScript, the JSON interface that makes them
 * livelier, and the files both need. Everything that names or messages say is escaped in one place, {@link Html}.
 */
@NullMarked
package dev.mgit.serve.web;

import org.jspecify.annotations.NullMarked;
