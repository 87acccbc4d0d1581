-- A schema of one's own, as one file.
CREATE TABLE products (
  id    int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name  text NOT NULL UNIQUE,
  price numeric(10, 2) NOT NULL CHECK (price > 0)
);

CREATE FUNCTION in_cents(price numeric) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (price * 100)::bigint; -- a semicolon that ends nothing
END
$$;

INSERT INTO products (name, price) VALUES ('tea; green', 3.50), ('cup', 12);
