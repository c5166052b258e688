/**
 * JSON in and out as plain maps and lists: headers, manifests and records are small and need no binding layer. Knows
 * no record by name.
 */
@NullMarked
package dev.mgit.delta.json;

import org.jspecify.annotations.NullMarked;
