package dev.mgit.cli.declared;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of commands and options, without the reflection that would parse them at each start. In {@code
 * mgit.jar} picocli asks here: the build adds a class for each that has some, and has {@link #table} find it. Everywhere
 * else, and for all other classes, reflection answers.
 */
public abstract class Declared {
    private static final String LIBRARY = "picocli.";
    private static final Map<Class<?>, Declared> TABLES = new ConcurrentHashMap<>();
    private static final Declared NONE = new Declared() {
        @Override
        protected Annotation[] of(String member) {
            return new Annotation[0];
        }
    };

    private final Map<String, Annotation[]> members = new ConcurrentHashMap<>();

    protected Declared() {}

    /** Makes the annotations of a field, or of the class itself if the name is empty. */
    protected abstract Annotation[] of(String member);

    /** As {@link AnnotatedElement#getAnnotation}. */
    public static <T extends Annotation> @Nullable T get(AnnotatedElement element, Class<T> kind) {
        if (element instanceof Class<?> type) {
            return get(type, "", element, kind);
        }
        if (element instanceof Field field) {
            return get(field.getDeclaringClass(), field.getName(), element, kind);
        }
        if (element instanceof Method method) {
            return get(
                    method.getDeclaringClass(), "()", element, kind); // there are none: that class would have no table
        }
        return element.getAnnotation(kind);
    }

    /** As {@link AnnotatedElement#isAnnotationPresent}. */
    public static boolean has(AnnotatedElement element, Class<? extends Annotation> kind) {
        return get(element, kind) != null;
    }

    private static <T extends Annotation> @Nullable T get(
            Class<?> owner, String member, AnnotatedElement element, Class<T> kind) {
        if (!kind.getName().startsWith(LIBRARY)) {
            return element.getAnnotation(kind);
        }
        if (owner.getClassLoader() == null) {
            return null; // Java's own class, whose annotations are others
        }
        Declared table = of(owner);
        if (table == NONE) {
            return element.getAnnotation(kind);
        }
        Annotation[] made = table.members.get(member);
        if (made == null) {
            made = table.of(member);
            table.members.put(member, made);
        }
        for (Annotation annotation : made) {
            if (kind.isInstance(annotation)) {
                return kind.cast(annotation);
            }
        }
        return null;
    }

    private static Declared of(Class<?> owner) {
        Declared known = TABLES.get(owner);
        if (known == null) {
            Declared found = table(owner.getName());
            known = found == null ? NONE : found;
            TABLES.put(owner, known);
        }
        return known;
    }

    /** The build writes what this does. */
    @SuppressWarnings("UnusedVariable")
    private static @Nullable Declared table(String className) {
        return null;
    }
}
