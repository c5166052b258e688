package dev.mgit.lineage.remote.store;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;

/** A real S3 server on this machine that keeps its objects in a folder. Its one bucket is {@code models}. */
public final class S3Server implements AutoCloseable {
    static final String BUCKET = "models";

    private static final String KEY = "mgit-test";
    private static final String SECRET = "not-a-secret";

    private final S3Proxy proxy;

    public S3Server(Path folder) throws Exception {
        Files.createDirectories(folder.resolve(BUCKET));
        Properties properties = new Properties();
        properties.setProperty("s3proxy.endpoint", "http://127.0.0.1:0");
        properties.setProperty("s3proxy.authorization", "aws-v2-or-v4");
        properties.setProperty("s3proxy.identity", KEY);
        properties.setProperty("s3proxy.credential", SECRET);
        properties.setProperty("jclouds.filesystem.basedir", folder.toString());
        this.proxy = S3Proxy.Builder.fromProperties(properties)
                .blobStore(BlobStores.create("filesystem-nio2", properties))
                .build();
        proxy.start();
        // Where the SDK looks first; the same for every server of a test run.
        System.setProperty("aws.accessKeyId", KEY);
        System.setProperty("aws.secretAccessKey", SECRET);
        System.setProperty("aws.region", "us-east-1");
    }

    public int port() {
        return proxy.getPort();
    }

    /** The URL of a store below a prefix, by way of a port that leads here. */
    public static String url(String prefix, int port) {
        return "s3://" + BUCKET + "/" + prefix + "?endpoint=" + URI.create("http://127.0.0.1:" + port);
    }

    public String url(String prefix) {
        return url(prefix, port());
    }

    @Override
    public void close() throws Exception {
        proxy.stop();
    }
}
