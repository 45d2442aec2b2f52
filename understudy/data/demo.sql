-- A schema that is hard to copy: cycles, self references, partitions, domains, enums, jsonb, arrays, generated and identity
-- columns, composite and deferrable keys, quoted names, views, triggers, functions, rules and grants.
CREATE SCHEMA shop;
CREATE TYPE shop.status AS ENUM ('open', 'paid', 'sent');
CREATE DOMAIN shop.email AS varchar(80) CHECK (VALUE ~ '^[^@\s]+@[^@\s]+\.[a-z]+$');
CREATE TABLE shop.country (code char(2) PRIMARY KEY, name text NOT NULL);
CREATE TABLE shop.department (id int PRIMARY KEY, name text NOT NULL, head_id int);
CREATE TABLE shop.employee (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    manager_id int REFERENCES shop.employee,
    department_id int NOT NULL REFERENCES shop.department
);
ALTER TABLE shop.department ADD CONSTRAINT department_head FOREIGN KEY (head_id) REFERENCES shop.employee DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE shop.customer (
    id bigserial PRIMARY KEY,
    email shop.email NOT NULL UNIQUE,
    "full Name" varchar(60) NOT NULL,
    phone varchar(20) CHECK (phone ~ '^\+?[0-9 -]+$'),
    national_id char(11) UNIQUE,
    born date,
    country char(2) NOT NULL REFERENCES shop.country,
    tags text[] NOT NULL DEFAULT '{}',
    profile jsonb,
    last_ip inet,
    avatar bytea,
    referrer uuid NOT NULL DEFAULT gen_random_uuid(),
    email_lower text GENERATED ALWAYS AS (lower(email)) STORED,
    note text,
    UNIQUE (country, id)
);
CREATE TABLE shop.orders (
    id bigint NOT NULL,
    placed date NOT NULL,
    customer_id bigint NOT NULL REFERENCES shop.customer,
    country char(2) NOT NULL,
    status shop.status NOT NULL DEFAULT 'open',
    amount numeric(10, 2) NOT NULL CHECK (amount >= 0),
    contact_email shop.email,
    PRIMARY KEY (id, placed),
    FOREIGN KEY (country, customer_id) REFERENCES shop.customer (country, id)
) PARTITION BY RANGE (placed);
CREATE TABLE shop.orders_2024 PARTITION OF shop.orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.orders_2025 PARTITION OF shop.orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE shop.order_line (
    order_id bigint NOT NULL,
    placed date NOT NULL,
    line smallint NOT NULL,
    sku text NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, placed, line),
    FOREIGN KEY (order_id, placed) REFERENCES shop.orders ON DELETE CASCADE
);
CREATE INDEX orders_by_customer ON shop.orders (customer_id, placed DESC);
CREATE UNIQUE INDEX customer_email_folded ON shop.customer (lower(email));
CREATE VIEW shop.spending AS SELECT customer_id, sum(amount) AS spent FROM shop.orders GROUP BY customer_id;
CREATE MATERIALIZED VIEW shop.best AS SELECT * FROM shop.spending WHERE spent > 100;
CREATE FUNCTION shop.stamp() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.note := coalesce(NEW.note, ''); RETURN NEW; END$$;
CREATE TRIGGER stamp BEFORE UPDATE ON shop.customer FOR EACH ROW EXECUTE FUNCTION shop.stamp();
CREATE STATISTICS shop.orders_stats ON country, status FROM shop.orders;

INSERT INTO shop.country VALUES ('DE', 'Germany'), ('FR', 'France'), ('SE', 'Sweden'), ('IS', 'Iceland');
BEGIN;
INSERT INTO shop.department SELECT d, 'Department ' || d, d FROM generate_series(1, 3) d;
INSERT INTO shop.employee (name, manager_id, department_id)
    SELECT 'Employee ' || e, CASE WHEN e > 3 THEN 1 + e % 3 END, 1 + e % 3 FROM generate_series(1, 30) e;
COMMIT;
INSERT INTO shop.customer (email, "full Name", phone, national_id, born, country, tags, profile, last_ip, avatar, note)
    SELECT 'Person' || c || '@mail' || c % 7 || '.org', 'Given' || c % 40 || ' Family' || c,
           CASE WHEN c % 10 > 0 THEN '+49 30 ' || 5550000 + c END, lpad((c * 7919)::text, 11, '8'),
           date '1950-01-01' + (c * 37) % 20000, CASE WHEN c = 1 THEN 'IS' ELSE (ARRAY['DE', 'FR', 'SE'])[1 + c % 3] END,
           CASE WHEN c % 3 = 0 THEN ARRAY['vip', 'tag "quoted" \ ' || c, NULL] ELSE '{}' END,
           jsonb_build_object('contact', jsonb_build_object('email', 'person' || c || '@mail.org', 'age', 20 + c % 50),
                              'seen', jsonb_build_array(jsonb_build_object('ip', '10.1.2.' || c % 250))),
           ('10.20.' || c / 250 || '.' || c % 250)::inet, decode(md5(c::text), 'hex'),
           CASE WHEN c % 10 = 0 THEN E'Called Given' || c || E'\tat +49 30 ' || 5550000 + c || E'\nback\\slash' END
    FROM generate_series(1, 400) c;
INSERT INTO shop.orders
    SELECT o, date '2024-01-01' + o % 700, 1 + o % 400, (SELECT country FROM shop.customer WHERE id = 1 + o % 400),
           (ARRAY['open', 'paid', 'sent'])[1 + o % 3]::shop.status, (o % 500) + 0.25, 'Person' || 1 + o % 400 || '@mail' || (1 + o % 400) % 7 || '.org'
    FROM generate_series(1, 1500) o;
INSERT INTO shop.order_line SELECT o, date '2024-01-01' + o % 700, l, 'SKU-' || l, 1 + l FROM generate_series(1, 1500) o, generate_series(1, 2) l;
REFRESH MATERIALIZED VIEW shop.best;
ANALYZE;
