package dev.mgit.bench;

import java.util.List;
import jdk.jfr.consumer.RecordedFrame;

/**
 * What a thread of a commit or checkout is at, told by what stands on its stack, the innermost call first. Hashing is no
 * stage of these: SHA-256 is the JVM's own code, in which it takes no samples.
 */
enum Stage {
    READ("read"),
    WRITE("write"),
    STORE("store"),
    PLAN("plan"),
    DECODE("decode"),
    CODE("code"),
    OTHER("other");

    private final String label;

    Stage(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    static Stage of(List<RecordedFrame> stack) {
        for (RecordedFrame frame : stack) {
            String type = frame.getMethod().getType().getName();
            String method = frame.getMethod().getName();
            if (type.startsWith("sun.nio.ch.")) {
                if (method.startsWith("read") || method.startsWith("pread")) {
                    return READ;
                }
                if (method.startsWith("write") || method.startsWith("pwrite") || method.startsWith("force")) {
                    return WRITE;
                }
            } else if (type.startsWith("org.rocksdb.")) {
                return STORE;
            } else if (type.startsWith("dev.mgit.")) {
                Stage known = ofOurs(type.substring(type.lastIndexOf('.') + 1), method);
                if (known != OTHER) {
                    return known;
                }
            }
        }
        return OTHER;
    }

    private static Stage ofOurs(String type, String method) {
        return switch (type) {
            case "RocksParameterStore", "RocksDatabase" -> STORE;
            case "Planner", "TensorPlans" -> PLAN;
            case "BlockCoder" -> method.equals("decode") ? DECODE : CODE;
            case "BlockReader" -> DECODE;
            default -> OTHER;
        };
    }
}
