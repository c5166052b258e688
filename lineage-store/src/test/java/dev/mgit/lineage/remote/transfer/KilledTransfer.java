package dev.mgit.lineage.remote.transfer;

import dev.mgit.fixtures.Crash;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.parameters.RocksParameterStore;
import dev.mgit.lineage.remote.store.ByteRange;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.RemoteStore;
import dev.mgit.lineage.remote.store.RemoteStores;
import dev.mgit.lineage.version.ObjectId;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Pushes to or fetches from a folder, in a process of its own, and waits to be killed at the call it is told. */
final class KilledTransfer {
    static final String MARKER = "kill me";

    private static final int SENT_BEFORE = 50_000;

    private KilledTransfer() {}

    /** Arguments: push or fetch, the local store, the remote one, the call, which of such calls, and objects. */
    public static void main(String[] args) throws IOException {
        List<ObjectId> objects = Stream.of(args).skip(5).map(ObjectId::new).toList();
        RemoteStore store = new Dying(RemoteStores.create(args[2]), args[3], Integer.parseInt(args[4]));
        try (var local = RocksParameterStore.openWritable(Path.of(args[1]));
                ParameterRemote remote = ParameterRemote.using(
                        store, Path.of(args[1] + "-cache"), TransferSettings.usual(), RocksTransferTest.SMALL, true)) {
            if (args[0].equals("push")) {
                remote.push(local, objects, CopyProgress.none());
            } else {
                remote.fetch(local, objects.stream().map(Want::whole).toList(), CopyProgress.none());
            }
            Crash.standStill(MARKER);
        }
    }

    /** Stands still at a call; at a put, when a part of the content has been written. */
    private static final class Dying implements RemoteStore {
        private final RemoteStore store;
        private final String last;
        private int left;

        Dying(RemoteStore store, String last, int which) {
            this.store = store;
            this.last = last;
            this.left = which;
        }

        private synchronized boolean isLast(String call) {
            return call.startsWith(last) && --left == 0;
        }

        private void call(String call) {
            if (isLast(call)) {
                Crash.standStill(MARKER);
            }
        }

        @Override
        public void put(String key, Content content) {
            store.put(key, isLast("put " + key) ? deadly(content) : content);
        }

        private static Content deadly(Content content) {
            return new Content() {
                @Override
                public long length() {
                    return content.length();
                }

                @Override
                public InputStream open() throws IOException {
                    return new FilterInputStream(content.open()) {
                        private int passed;

                        @Override
                        public int read(byte[] target, int from, int length) throws IOException {
                            if (passed >= Math.min(SENT_BEFORE, content.length() / 2)) {
                                Crash.standStill(MARKER);
                            }
                            int count = super.read(target, from, Math.min(length, 4096));
                            passed += count;
                            return count;
                        }
                    };
                }
            };
        }

        @Override
        public boolean putIfAbsent(String key, byte[] content) {
            return store.putIfAbsent(key, content);
        }

        @Override
        public Optional<byte[]> get(String key, ByteRange range) {
            call("get " + key);
            return store.get(key, range);
        }

        @Override
        public Optional<Entry> head(String key) {
            call("head " + key);
            return store.head(key);
        }

        @Override
        public void list(String prefix, Consumer<Entry> visitor) {
            call("list " + prefix);
            store.list(prefix, visitor);
        }

        @Override
        public void delete(String key) {
            call("delete " + key);
            store.delete(key);
        }

        @Override
        public String url() {
            return store.url();
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
