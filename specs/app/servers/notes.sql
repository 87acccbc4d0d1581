CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org uuid NOT NULL,
    text text NOT NULL
);
