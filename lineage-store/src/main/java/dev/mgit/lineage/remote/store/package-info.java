/**
 * Places that keep objects under keys: a folder, or a bucket of an S3 service. Knows bytes and keys, not packs. The only
 * package that knows the AWS SDK, whose classes are loaded when an {@code s3:} store is opened and not before.
 */
@NullMarked
package dev.mgit.lineage.remote.store;

import org.jspecify.annotations.NullMarked;
