package org.pellucid.core;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The one place where a plugin's class loader becomes the thread's: libraries such as DJL and ND4J
 * look for their engines and natives through it, when a backend is made, asked or given a model.
 */
final class ContextClassLoader {
  private ContextClassLoader() {}

  /** Does work with the thread's class loader set, and puts back the one that was there. */
  static <T> T within(ClassLoader loader, Supplier<T> work) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return work.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** Providers that are looked for, and made, within a plugin's class loader. */
  static <T> Iterator<T> within(ClassLoader loader, Iterator<T> providers) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return within(loader, providers::hasNext);
      }

      @Override
      public T next() {
        return within(loader, providers::next);
      }
    };
  }

  /**
   * A plugin's service whose every method runs within the plugin's class loader.
   *
   * @param service an interface of the contracts
   * @param provider implements it, and perhaps more of the contracts, which the result then does
   */
  static <S> S within(ClassLoader loader, Class<S> service, S provider) {
    Set<Class<?>> contracts = new LinkedHashSet<>();
    for (Class<?> type = provider.getClass(); type != null; type = type.getSuperclass()) {
      addContracts(type.getInterfaces(), service.getClassLoader(), contracts);
    }
    Object proxy =
        Proxy.newProxyInstance(
            service.getClassLoader(),
            contracts.toArray(Class<?>[]::new),
            new Calls(loader, provider));
    return service.cast(proxy);
  }

  private static void addContracts(Class<?>[] types, ClassLoader loader, Set<Class<?>> contracts) {
    for (Class<?> type : types) {
      if (type.getClassLoader() == loader) {
        contracts.add(type);
      }
      addContracts(type.getInterfaces(), loader, contracts);
    }
  }

  private record Calls(ClassLoader loader, Object provider) implements InvocationHandler {
    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
      if (method.getDeclaringClass() == Object.class && method.getName().equals("equals")) {
        return proxy == arguments[0];
      }
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(loader);
      try {
        return method.invoke(provider, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }
}
