package dev.mgit.lineage.remote.transfer;

import dev.mgit.lineage.remote.pack.Pack;
import dev.mgit.lineage.remote.store.Content;
import java.io.InputStream;

/** A pack as a store takes it. */
record PackContent(Pack pack) implements Content {
    @Override
    public long length() {
        return pack.length();
    }

    @Override
    public InputStream open() {
        return pack.open();
    }
}
