/** What {@code mgit serve} offers over HTTP: the table of all routes, and the server they are put into. */
@NullMarked
package dev.mgit.serve;

import org.jspecify.annotations.NullMarked;
