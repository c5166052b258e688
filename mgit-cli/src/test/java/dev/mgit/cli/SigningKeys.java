package dev.mgit.cli;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** Keys and certificates made for tests; nothing real is signed with them. */
final class SigningKeys {
    private SigningKeys() {}

    /** The path of one, such as {@code signer.pem}. */
    static String file(String name) {
        try {
            return Path.of(Objects.requireNonNull(SigningKeys.class.getResource("signing/" + name), name)
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
