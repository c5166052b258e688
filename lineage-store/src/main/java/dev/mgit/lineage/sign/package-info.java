/**
 * Signatures over versions, as OpenSSF model signing writes them: an in-toto statement in a DSSE envelope in a Sigstore
 * bundle, by an elliptic-curve key or a certificate. Nothing here reads the parameter store: manifests have the digests.
 */
@NullMarked
package dev.mgit.lineage.sign;

import org.jspecify.annotations.NullMarked;
