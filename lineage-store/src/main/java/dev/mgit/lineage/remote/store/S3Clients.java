package dev.mgit.lineage.remote.store;

import java.time.Duration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Clients as mgit wants them: credentials from where the AWS tools look, nothing stored, and one attempt a request. */
final class S3Clients {
    private static final String IDLE_CONNECTIONS = "http.maxConnections";
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private S3Clients() {}

    static S3Client create(S3Location location) {
        if (System.getProperty(IDLE_CONNECTIONS) == null) {
            System.setProperty(IDLE_CONNECTIONS, "32"); // the JDK keeps 5, and opens a new one for every further thread
        }
        S3ClientBuilder builder = S3Client.builder()
                .httpClient(UrlConnectionHttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .socketTimeout(location.timeout())
                        .build())
                .region(region(location))
                .forcePathStyle(location.pathStyle())
                // What mgit reads is checked by its own hashes; trailing checksums are not understood everywhere.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(service -> service.expectContinueEnabled(false))
                .overrideConfiguration(client -> client.retryStrategy(AwsRetryStrategy.doNotRetry()));
        location.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    /** A service with an endpoint of its own rarely cares for the region, but requests are signed for one. */
    private static Region region(S3Location location) {
        if (location.region().isPresent()) {
            return Region.of(location.region().get());
        }
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException e) {
            return Region.US_EAST_1;
        }
    }
}
