//! A store of every earlier version is opened by this one, and a store that is full says so and goes on.

use signalbox_protocol::Timestamp;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Row, SqlitePool};

use super::*;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

const NOW: Timestamp = Timestamp(1_800_000_000_000);

/// A row in every table, whose texts are all the same, so that what refers to another row finds it.
async fn fill_every_table(pool: &SqlitePool) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '_sqlx%'",
    )
    .fetch_all(pool)
    .await
    .expect("tables");
    for table in &tables {
        let columns = sqlx::query("SELECT name, type FROM pragma_table_info($1)").bind(table).fetch_all(pool).await;
        let columns: Vec<(String, String)> =
            columns.expect("columns").iter().map(|row| (row.get("name"), row.get("type"))).collect();
        let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let values: Vec<_> = columns.iter().map(|(_, kind)| if kind == "TEXT" { "'t'" } else { "1" }).collect();
        let insert = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", "));
        sqlx::query(AssertSqlSafe(insert)).execute(pool).await.unwrap_or_else(|error| panic!("{table}: {error}"));
    }
    tables
}

#[tokio::test]
async fn a_store_of_every_earlier_version_is_opened_with_all_that_it_holds() {
    for last in 1..=MIGRATIONS.migrations.len() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("signalbox.db");
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).foreign_keys(false);
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("a database");
        let earlier = Migrator::with_migrations(MIGRATIONS.migrations[..last].to_vec());
        earlier.run(&pool).await.expect("an earlier version");
        let tables = fill_every_table(&pool).await;
        pool.close().await;

        let store = Store::open(folder.path()).await.unwrap_or_else(|error| panic!("version {last}: {error}"));
        for table in tables {
            let count = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
            let rows: i64 = sqlx::query_scalar(count).fetch_one(&store.readers).await.expect("a count");
            assert_eq!(rows, 1, "version {last}: {table}");
        }
        store.close().await;
    }
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_room_on_it_is_used_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).await.expect("a store");
    let outgoing = || Outgoing { producer: "backend".into(), id: None, body: "x".repeat(100_000) };
    let limit = async |pages: i64| {
        sqlx::query(AssertSqlSafe(format!("PRAGMA max_page_count = {pages}")))
            .execute(&store.writer)
            .await
            .expect("a pragma");
    };
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&store.writer).await.expect("a number");
    limit(pages + 10).await;
    let refused = store.accept(Lane::Messages, vec![outgoing()], NOW).await.await;
    assert!(matches!(refused, Err(StoreError::NotCommitted)), "{refused:?}");
    assert_eq!(store.count_unsent().await.expect("a number"), 0);
    limit(pages + 1000).await;
    let accepted = store.accept(Lane::Messages, vec![outgoing()], NOW).await.await;
    assert_eq!(accepted.expect("room again"), [Acceptance::Accepted]);
    assert_eq!(store.count_unsent().await.expect("a number"), 1);
}
