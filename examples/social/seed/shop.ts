import { Random } from "./random.ts";
import { DAY, HOUR, iso, MINUTE } from "./time.ts";
import { someUser } from "./users.ts";

/** When the shop opened: its categories and products are of that day. */
const OPENING = Date.UTC(2024, 1, 1, 8);
const ORDERS = 120;
const BETWEEN_ORDERS = 2 * DAY + 5 * HOUR;

const CATEGORIES = [
  ["Books", "books"],
  ["Keyboards", "keyboards"],
  ["Cables & adapters", "cables-adapters"],
  ["Lamps", "lamps"],
  ["Mugs", "mugs"],
  ["Stickers", "stickers"],
] as const;

/** Name, category, price, stock. */
const PRODUCTS = [
  ["Databases on one page", 1, "19.99", 40],
  ["The patient debugger", 1, "34.50", 25],
  ["HTTP for cooks", 1, "27.00", 18],
  ["SQL in pictures", 1, "42.95", 12],
  ["Notes on queues", 1, "9.90", 60],
  ["Mechanical keyboard, 87 keys", 2, "199.99", 8],
  ["Quiet keyboard", 2, "79.00", 15],
  ["Number pad", 2, "24.90", 30],
  ["Wrist rest, walnut", 2, "29.95", 22],
  ["USB-C cable, 1 m", 3, "8.99", 120],
  ["USB-C cable, 2 m", 3, "11.99", 90],
  ["Network cable, 5 m", 3, "6.49", 75],
  ["HDMI adapter", 3, "17.80", 33],
  ["Travel adapter", 3, "21.00", 27],
  ["Desk lamp", 4, "59.00", 14],
  ["Clip lamp", 4, "22.50", 26],
  ["Light strip, 3 m", 4, "18.75", 41],
  ["Mug “404 coffee not found”", 5, "12.00", 55],
  ["Mug “I am a teapot”", 5, "12.00", 48],
  ["Thermo mug", 5, "23.40", 19],
  ["Sticker sheet: status codes", 6, "3.50", 300],
  ["Sticker sheet: SQL joins", 6, "3.50", 280],
  ["Sticker, single", 6, "0.50", 1000],
  ["Sticker, sold out", 6, "0.99", 0],
] as const;

export function* categories(): Generator<{ id: number; name: string; slug: string; created_at: string }> {
  for (const [at, [name, slug]] of CATEGORIES.entries()) {
    yield { id: at + 1, name, slug, created_at: iso(OPENING + at * MINUTE) };
  }
}

export function* products(): Generator<{
  id: number;
  name: string;
  category_id: number;
  price: string;
  stock: number;
  created_at: string;
}> {
  for (const [at, [name, category, price, stock]] of PRODUCTS.entries()) {
    yield { id: at + 1, name, category_id: category, price, stock, created_at: iso(OPENING + (at + 10) * MINUTE) };
  }
}

type Order = { id: number; user_id: number; status: "open" | "paid" | "shipped" | "cancelled"; created_at: string };

/** Without `total`: the service adds it up from the items. */
export function* orders(): Generator<Order> {
  const random = new Random(6);
  for (let id = 1; id <= ORDERS; id++) {
    const time = orderedAt(id) + random.between(0, 600) * MINUTE;
    yield { id, user_id: someUser(random, time), status: statusOf(random, id), created_at: iso(time) };
  }
}

/** The last orders are still on their way. */
function statusOf(random: Random, id: number): Order["status"] {
  if (id > ORDERS - 6) return "open";
  if (id > ORDERS - 12) return "paid";
  return random.next() < 0.1 ? "cancelled" : "shipped";
}

function orderedAt(id: number): number {
  return OPENING + DAY + id * BETWEEN_ORDERS;
}

type OrderItem = { id: number; order_id: number; product_id: number; quantity: number; created_at: string };

/** Without `unit_price`: the service takes it from the product. */
export function* orderItems(): Generator<OrderItem> {
  const random = new Random(7);
  let id = 0;
  for (const order of orders()) {
    const first = random.between(0, PRODUCTS.length - 1);
    const items = random.between(1, 4);
    for (let item = 0; item < items; item++) {
      // Steps of five through 24 products meet none twice.
      const product = ((first + item * 5) % PRODUCTS.length) + 1;
      const quantity = random.next() < 0.7 ? 1 : random.between(2, 5);
      yield { id: ++id, order_id: order.id, product_id: product, quantity, created_at: order.created_at };
    }
  }
}
