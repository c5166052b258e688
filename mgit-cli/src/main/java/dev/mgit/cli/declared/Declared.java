package dev.mgit.cli.declared;

import dev.mgit.cli.console.Context;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The annotations of commands and options, the classes and fields that have them, without the reflection that would parse
 * the ones and make accessors of the others at each start. In {@code mgit.jar} picocli asks here: the build adds a class for
 * each that has some, and has {@link #table} find it. Everywhere else, and for all other classes, reflection answers.
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

    /** Makes an object of the class; null if that is left to reflection. */
    @SuppressWarnings("UnusedVariable") // the build writes what makes them
    protected @Nullable Object make(Context context) {
        return null;
    }

    /** Reads a field; {@link #NONE} if that is left to reflection. */
    @SuppressWarnings("UnusedVariable") // the build writes what reads them
    protected @Nullable Object read(String member, Object owner) {
        return NONE;
    }

    /** Sets a field; false if that is left to reflection. */
    @SuppressWarnings("UnusedVariable") // the build writes what sets them
    protected boolean write(String member, Object owner, @Nullable Object value) {
        return false;
    }

    /** Makes an object by the constructor without arguments or with a context; null if that is left to reflection. */
    public static @Nullable Object make(Class<?> type, Context context) {
        return of(type).make(context);
    }

    /** As {@link Field#get}. */
    public static @Nullable Object read(Field field, Object owner) throws IllegalAccessException {
        Object value = of(field.getDeclaringClass()).read(field.getName(), owner);
        return value == NONE ? field.get(owner) : value;
    }

    /** As {@link Field#set}. */
    public static void write(Field field, Object owner, @Nullable Object value) throws IllegalAccessException {
        if (!of(field.getDeclaringClass()).write(field.getName(), owner, value)) {
            field.set(owner, value);
        }
    }

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
