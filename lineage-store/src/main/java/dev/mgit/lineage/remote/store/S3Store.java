package dev.mgit.lineage.remote.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A store in a bucket of Amazon S3 or a service that speaks its protocol. Objects are put in one request each, so no
 * unfinished multipart upload is ever left behind. Fails at once; {@link PatientStore} tries again.
 */
final class S3Store implements RemoteStore {
    private static final String CONTENT_TYPE = "application/octet-stream";

    private final S3Location location;
    private final String url;
    private final S3Client client;
    private final S3Failures failures;

    S3Store(S3Location location, String url, S3Client client) {
        this.location = location;
        this.url = url;
        this.client = client;
        this.failures = new S3Failures(location.bucket(), url);
    }

    static S3Store open(String url) {
        S3Location location = S3Location.parse(url);
        return new S3Store(location, url, S3Clients.create(location));
    }

    private String name(String key) {
        return location.prefix() + StoreKey.require(key);
    }

    @Override
    public void put(String key, Content content) {
        NotedSource source = new NotedSource(content);
        try {
            client.putObject(
                    request -> request.bucket(location.bucket()).key(name(key)).contentType(CONTENT_TYPE),
                    RequestBody.fromContentProvider(source, content.length(), CONTENT_TYPE));
        } catch (SdkException | UncheckedIOException e) {
            IOException unread = source.failure();
            if (unread != null) {
                throw StoreException.lasting(
                        "cannot write " + key + " at " + url + ": " + unread.getMessage(), null, e);
            }
            throw failures.of("cannot write " + key, e);
        }
    }

    @Override
    public boolean putIfAbsent(String key, byte[] content) {
        try {
            client.putObject(
                    request -> request.bucket(location.bucket())
                            .key(name(key))
                            .contentType(CONTENT_TYPE)
                            .ifNoneMatch("*"),
                    RequestBody.fromBytes(content));
            return true;
        } catch (SdkException e) {
            if (S3Failures.conditionFailed(e)) {
                return false;
            }
            throw failures.of("cannot write " + key, e);
        }
    }

    @Override
    public Optional<byte[]> get(String key, ByteRange range) {
        try (ResponseInputStream<GetObjectResponse> in = client.getObject(
                request -> request.bucket(location.bucket()).key(name(key)).range(range.header()))) {
            return Optional.of(read(in, range));
        } catch (SdkException e) {
            if (S3Failures.isOutside(e)) {
                return Optional.of(new byte[0]); // the range begins at or after the end
            }
            if (failures.isMissing(e)) {
                return Optional.empty();
            }
            throw failures.of("cannot read " + key, e);
        } catch (IOException e) {
            throw failures.of("cannot read " + key, e);
        }
    }

    /** A service that ignores ranges sends all of an object; more than was asked for is not read into memory. */
    private static byte[] read(ResponseInputStream<GetObjectResponse> in, ByteRange range) throws IOException {
        GetObjectResponse response = in.response();
        long announced = Objects.requireNonNullElse(response.contentLength(), -1L);
        boolean whole = response.contentRange() == null && announced > range.length();
        if (whole) {
            long start = range.start(announced);
            if (start > 0) {
                in.skipNBytes(start);
            }
            byte[] bytes = in.readNBytes(range.within(announced));
            in.abort();
            return bytes;
        }
        byte[] bytes = in.readNBytes(range.length());
        if (announced >= 0 && bytes.length != announced) {
            throw new IOException("the answer ended after " + bytes.length + " of " + announced + " bytes");
        }
        return bytes;
    }

    @Override
    public Optional<Entry> head(String key) {
        try {
            HeadObjectResponse found = client.headObject(
                    request -> request.bucket(location.bucket()).key(name(key)));
            return Optional.of(entry(key, found.contentLength(), found.lastModified()));
        } catch (SdkException e) {
            if (failures.isMissing(e)) {
                return Optional.empty();
            }
            throw failures.of("cannot look at " + key, e);
        }
    }

    @Override
    public void list(String prefix, Consumer<Entry> visitor) {
        ListObjectsV2Request request = ListObjectsV2Request.builder()
                .bucket(location.bucket())
                .prefix(location.prefix() + StoreKey.requirePrefix(prefix))
                .build();
        try {
            for (S3Object found : client.listObjectsV2Paginator(request).contents()) {
                String name = found.key();
                String key = name.startsWith(location.prefix())
                        ? name.substring(location.prefix().length())
                        : "";
                if (key.startsWith(prefix) && StoreKey.isKey(key)) {
                    visitor.accept(entry(key, found.size(), found.lastModified()));
                }
            }
        } catch (SdkException e) {
            throw failures.of("cannot list " + prefix, e);
        }
    }

    private static Entry entry(String key, Long size, Instant modified) {
        return new Entry(
                key, Objects.requireNonNullElse(size, 0L), Objects.requireNonNullElse(modified, Instant.EPOCH));
    }

    @Override
    public void delete(String key) {
        try {
            client.deleteObject(request -> request.bucket(location.bucket()).key(name(key)));
        } catch (SdkException e) {
            throw failures.of("cannot remove " + key, e);
        }
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public void close() {
        client.close();
    }
}
