UPDATE departments SET name = upper(name) WHERE id = 2;
