ALTER TABLE accounts ADD COLUMN balance numeric NOT NULL DEFAULT 0;
INSERT INTO accounts VALUES (1, 'Ana', 10);
