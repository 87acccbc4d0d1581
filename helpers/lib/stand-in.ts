/** An object that stands for another one, which may be a different one each time that it is asked. */
export function standIn<Real extends object>(current: () => Real): Real {
  return new Proxy({} as Real, {
    get(_, key) {
      if (key === 'then') return undefined; // no promise: asked by `await`, when there may be nothing to stand for
      const real = current();
      const value = Reflect.get(real, key, real) as unknown;
      return typeof value === 'function' ? (value.bind(real) as unknown) : value;
    },
    has: (_, key) => Reflect.has(current(), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(current()),
  });
}
